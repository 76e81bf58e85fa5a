import { describe, expect, test } from "vitest";
import type { DeskMessage, LogLine, ServiceView } from "../../../src/actions/desk-feed.ts";
import { attention } from "../../../src/console/state/attention.ts";
import { LogStore } from "../../../src/console/state/log-store.ts";
import { ageOf, applyMessage, UNSEEN } from "../../../src/console/state/stack-view.ts";

const service = (instance: string, state = "ready"): ServiceView => ({
  service: instance,
  instance,
  state,
  since: 0,
  restarts: 0,
});

const viewAfter = (...messages: readonly DeskMessage[]) => messages.reduce(applyMessage, UNSEEN);

const snapshot = (sequence: number, ...names: readonly string[]): DeskMessage => ({
  topic: "services",
  kind: "snapshot",
  sequence,
  at: sequence * 10,
  services: names.map((name) => service(name)),
});

const change = (sequence: number, instance: string, state: string): DeskMessage => ({
  topic: "services",
  kind: "service",
  sequence,
  at: sequence * 10,
  service: service(instance, state),
});

describe("the view of a stack", () => {
  test("is the snapshot and all events after it", () => {
    const { services } = viewAfter(
      snapshot(1, "api", "worker"),
      change(2, "worker", "hung"),
      change(3, "backtester", "starting"),
      { topic: "services", kind: "service-gone", sequence: 4, at: 40, instance: "api" },
    );
    expect(services.value.map(({ instance, state }) => [instance, state])).toEqual([
      ["worker", "hung"],
      ["backtester", "starting"],
    ]);
    expect(services).toMatchObject({ status: "live", heardAt: 40, missed: 0 });
  });

  test("counts what it missed until a new snapshot heals it", () => {
    const gap = viewAfter(snapshot(1, "api"), change(5, "api", "hung"));
    expect(gap.services.missed).toBe(3);
    expect(applyMessage(gap, snapshot(9, "api")).services.missed).toBe(0);
  });

  test("takes no event before a snapshot and none that is older than what it saw", () => {
    expect(viewAfter(change(2, "api", "hung")).services.value).toEqual([]);
    const { services } = viewAfter(snapshot(5, "api"), change(4, "api", "hung"));
    expect(services.value[0]?.state).toBe("ready");
  });

  test("OC-06 keeps what was last known when the source is lost, and says how old it is", () => {
    const view = viewAfter(snapshot(1, "api"), {
      topic: "services",
      kind: "lost",
      sequence: 2,
      at: 500,
      reason: "nobody listens",
      hint: "ttt up",
    });
    expect(view.services).toMatchObject({ status: "lost", reason: "nobody listens", hint: "ttt up" });
    expect(view.services.value).toHaveLength(1);
    expect(ageOf(view.services, 5_010)).toBe(5_000);
    expect(attention(view, 5_010)[0]).toEqual({
      text: "services: nobody listens, shown as it was 5.0s ago",
      mood: "bad",
      hint: "ttt up",
    });
    expect(applyMessage(view, snapshot(1, "api")).services.status).toBe("live");
  });
});

describe("the log store", () => {
  const lines = (from: number, count: number, changes: Partial<LogLine> = {}): LogLine[] =>
    Array.from({ length: count }, (_, index) => ({
      at: from + index,
      level: "info",
      service: "api",
      instance: "api",
      message: `line ${from + index}`,
      context: "",
      ...changes,
    }));
  const messages = (store: LogStore, height: number, end?: number) =>
    store.page({ level: "debug" }, height, end).lines.map(({ message }) => message);

  test("OC-02 keeps a bounded number of lines", () => {
    const store = new LogStore(100);
    store.push(lines(0, 1_000), 0);
    expect(store.total).toBe(1_000);
    expect(messages(store, 500)).toHaveLength(100);
    expect(messages(store, 2)).toEqual(["line 998", "line 999"]);
  });

  test("a held page stays where it is while lines keep coming", () => {
    const store = new LogStore(100);
    store.push(lines(0, 50), 0);
    expect(messages(store, 2, 9)).toEqual(["line 8", "line 9"]);
    store.push(lines(50, 50), 0);
    expect(messages(store, 2, 9)).toEqual(["line 8", "line 9"]);
    expect(store.page({ level: "debug" }, 2, 9).newer).toBe(90);
  });

  test("OC-02 of longer lines it keeps fewer: its bytes are bounded too", () => {
    const store = new LogStore();
    const wide = "wide ".repeat(200);
    store.push(lines(0, 20_000, { message: wide }), 0);
    const { lines: found } = store.page({ level: "debug" }, 20_000);
    expect(found.length).toBeGreaterThan(1_000);
    expect(found.length).toBeLessThan(5_000);
    expect(found.at(-1)).toMatchObject({ at: 19_999, message: wide });
  });

  test("a line is kept as it was, whatever is in it", () => {
    const store = new LogStore();
    const [line] = lines(5, 1, { message: 'zwölf\n€ "12"', context: "order=p0-4 requestId=r-1", level: "warn" });
    store.push([line!, { ...line!, message: "a\u0000b" }], 0);
    expect(store.page({ level: "debug" }, 2).lines).toEqual([line, { ...line, message: "ab" }]);
  });

  test("what a filter found holds for the lines that come later, and for no other filter", () => {
    const store = new LogStore(10);
    const found = (filter: object) => store.page({ level: "debug", ...filter }, 10).lines.map(({ at }) => at);
    store.push(lines(0, 8), 0);
    expect(found({ text: "line 7" })).toEqual([7]);
    store.push(lines(70, 8), 0);
    expect(found({ text: "line 7" })).toEqual([7, 70, 71, 72, 73, 74, 75, 76, 77]);
    expect(found({ text: "line 6" })).toEqual([6]);
    expect(found({ text: "line 6", level: "warn" })).toEqual([]);
  });

  test("filters by level, source and text", () => {
    const store = new LogStore();
    store.push([...lines(0, 3), ...lines(3, 1, { level: "error", instance: "worker-1", service: "worker" })], 0);
    const found = (filter: object) => store.page({ level: "debug", ...filter }, 10).lines.map(({ at }) => at);
    expect(found({ level: "warn" })).toEqual([3]);
    expect(found({ source: "worker" })).toEqual([3]);
    expect(found({ text: "LINE 1" })).toEqual([1]);
    expect(found({ text: "nothing" })).toEqual([]);
  });

  test("steps over what the filter leaves out and stops at the ends", () => {
    const store = new LogStore();
    for (let at = 0; at < 10; at++) store.push(lines(at, 1, { level: at % 3 === 0 ? "error" : "info" }), 0);
    const filter = { level: "error" } as const;
    expect(store.step(filter, 9, -2)).toBe(3);
    expect(store.step(filter, 0, 1)).toBe(3);
    expect(store.step(filter, 9, Number.NEGATIVE_INFINITY)).toBe(0);
  });

  test("OC-02 shows how far its reader is behind and what it left out", () => {
    const store = new LogStore();
    store.push(lines(1_000, 10), 3_009, 7);
    expect(store.lagMs).toBe(2_000);
    expect(store.skipped).toBe(7);
  });
});
