import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { numbered } from "../../../src/actions/desk/sender.ts";
import { watchServices } from "../../../src/actions/desk/watch-services.ts";
import type { DeskMessage } from "../../../src/actions/desk-feed.ts";
import { controlWatch } from "../../../src/adapters/process/control-client.ts";
import { type ControlServer, openControlServer } from "../../../src/adapters/process/control-server.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import type { InstanceView } from "../../../src/ops/instance.ts";
import type { StackEvent } from "../../../src/ops/stack-feed.ts";
import { until } from "../../support/until.ts";

const view = (instance: string, changes: Partial<InstanceView> = {}): InstanceView => ({
  instance,
  process: instance,
  service: instance,
  kind: "daemon",
  state: "ready",
  since: 5,
  reason: "",
  evidence: null,
  wanted: "up",
  leaving: false,
  pid: 11,
  generation: 1,
  restarts: { crash: 0, hang: 0, probe: 0, memory: 0, dependency: 0 },
  endsInARow: 0,
  nextStartAt: null,
  due: null,
  waitsFor: null,
  readyAfterMs: 10,
  buildHash: null,
  exitCode: null,
  hint: "",
  ...changes,
});

const snapshot = (...instances: InstanceView[]): StackEvent => ({
  seq: 1,
  at: 1,
  kind: "snapshot",
  snapshot: {
    home: "/home",
    profile: "embedded",
    phase: "up",
    supervisor: { pid: 1, startedAt: 0, buildHash: "b" },
    instances,
  },
});

let folder: string;
let path: string;
let ended: AbortController;
let messages: DeskMessage[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ttt-desk-"));
  path = join(folder, "supervisor.sock");
  ended = new AbortController();
  messages = [];
});
afterEach(() => {
  ended.abort();
  rmSync(folder, { recursive: true });
});

function watch(orphans = 0): void {
  const processes = () =>
    Array.from({ length: orphans }, () => ({ instance: "worker-1", pid: 5, startTime: "1", nonce: "n" }));
  const stack = {
    watch: (onEvent: (event: StackEvent) => void) =>
      controlWatch(path, "watch", {}, (event) => onEvent(event as StackEvent)),
    processes,
  };
  void watchServices(
    stack,
    systemClock,
    numbered((message) => messages.push(message)),
    ended.signal,
  );
}

/** A supervisor's end of the control socket that says these events to every watcher. */
async function supervisor(...events: StackEvent[]): Promise<ControlServer> {
  const server = await openControlServer(path);
  server.stream("watch", (_params, emit) => {
    for (const event of events) emit(event);
  });
  return server;
}

const kinds = () => messages.map(({ kind }) => kind);

test("a snapshot, then changes, with vital signs put to their service, numbered without a gap", async () => {
  const waits = { service: "postgres", condition: "ready", evidence: "connect ENOENT" };
  const server = await supervisor(
    snapshot(view("api"), view("worker-1", { state: "pending", pid: null, waitsFor: waits })),
    { seq: 2, at: 2, kind: "instance", view: view("api", { state: "hung", reason: "no beat for 2 s" }) },
    { seq: 3, at: 3, kind: "vitals", vitals: [{ instance: "api", lagMs: 7, rssBytes: 9, progress: {} }] },
    { seq: 4, at: 4, kind: "removed", instance: "worker-1" },
  );
  watch();
  await until("the last event", () => kinds().includes("service-gone"));
  await server.close();

  expect(messages.map(({ sequence }) => sequence)).toEqual(messages.map((_, index) => index + 1));
  expect(messages[0]).toMatchObject({ kind: "snapshot", services: [{ instance: "api" }, { instance: "worker-1" }] });
  expect(messages[0]).toMatchObject({
    services: [{}, { reason: "waits for postgres to be ready: connect ENOENT" }],
  });
  expect(messages[1]).toMatchObject({ kind: "service", service: { state: "hung", reason: "no beat for 2 s" } });
  expect(messages[2]).toMatchObject({ kind: "service", service: { state: "hung", lagMs: 7, rssBytes: 9 } });
});

test("OC-06 it says once that nothing runs, and connects by itself when something does", async () => {
  watch();
  await until("the loss", () => kinds().includes("lost"));
  expect(messages).toMatchObject([{ kind: "lost", reason: "the stack is not running", hint: "ttt up" }]);

  const server = await supervisor(snapshot(view("api")));
  await until("the snapshot", () => kinds().includes("snapshot"));
  await server.close();
  await until("the second loss", () => kinds().filter((kind) => kind === "lost").length === 2);
  expect(messages.filter(({ kind }) => kind === "lost")[1]).toMatchObject({ reason: "the supervisor ended" });
});

test("services that outlive their supervisor are told from a stack that is down", async () => {
  watch(1);
  await until("the loss", () => kinds().includes("lost"));
  expect(messages[0]).toMatchObject({ reason: "the supervisor is gone, its services go on", hint: "ttt status" });
});
