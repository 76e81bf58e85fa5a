import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { engageKillSwitch, type KillRequest } from "../../../src/actions/kill/engage-kill-switch.ts";
import type { KillReport } from "../../../src/actions/kill/kill-report.ts";
import { FileJournalSpool } from "../../../src/adapters/files/file-journal-spool.ts";
import { FileKillLatch } from "../../../src/adapters/files/file-kill-latch.ts";
import type { Postgres } from "../../../src/adapters/postgres/postgres.ts";
import { SocketWorkerControl } from "../../../src/adapters/process/socket-worker-control.ts";
import { OutageError } from "../../../src/core/errors.ts";
import { openTradingStores } from "../../../src/runtime/trading-stores.ts";
import { LEASE_GUARD_MS } from "../../../src/trading/lease.ts";
import { PERMIT_LIFE_MS } from "../../../src/trading/permit.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const folder = mkdtempSync(join(tmpdir(), "ttt-silent-"));
const spool = new FileJournalSpool(join(folder, "journal"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const REQUEST: Omit<KillRequest, "commandId"> = {
  ...{ scope: "global", level: "BLOCK", cancel: false, flatten: false },
  ...{ reason: "test", actor: "test", origin: "test", ackTimeoutMs: 4_000, actionTimeoutMs: 15_000 },
};
const TAKEN = { scope: "global", level: "BLOCK", epoch: 7, changed: true };

/** A server that takes every question, and answers so many of them: `heard` is what it was asked. */
function fallingSilent(answers: readonly unknown[]) {
  const heard: string[] = [];
  const answer = async (text: string) => {
    heard.push(text);
    if (heard.length > answers.length) await new Promise(() => {});
    const given = answers[heard.length - 1];
    if (given instanceof Error) throw given;
    return given;
  };
  const postgres: Postgres = {
    query: async (statement) => {
      const text = typeof statement === "string" ? statement : statement.text;
      return (await answer(text)) as never[];
    },
    execute: async (text) => Number(await answer(text)),
    transaction: () => Promise.reject(new Error("a kill needs none")),
    listen: async (channel) => {
      await answer(channel);
      return () => {};
    },
    notify: async () => {},
    close: async () => {},
  };
  return { postgres, heard };
}

/** What a server says that has no connection left. */
const FULL = new OutageError("postgres", "too many clients");

/** Carries a kill out in virtual time. */
async function kill(postgres: Postgres, request: Partial<KillRequest> = {}): Promise<KillReport> {
  const clock = new VirtualClock();
  const { authority, registry, leases, journal, record } = openTradingStores(postgres, clock);
  const ports = {
    ...{ clock, authority, registry, leases, journal, record, standIn: undefined, accounts: [], mayRunElsewhere: true },
    armRules: { twoPersons: false },
    spool,
    copies: [new FileKillLatch(join(folder, "kill"))],
    workers: new SocketWorkerControl(join(folder, "run")),
  };
  let over = false;
  const report = engageKillSwitch(ports, { ...REQUEST, commandId: "one", ...request }).finally(() => {
    over = true;
  });
  while (!over) {
    await turn();
    clock.advance(10);
  }
  return report;
}

/** When whoever could not be told holds no permit any more, and a little for the turns in between. */
const BOUND_MS = PERMIT_LIFE_MS + LEASE_GUARD_MS + 200;

test.each([
  ["before it takes the level", []],
  ["after it took the level", [[TAKEN]]],
  ["while the workers are asked for", [[TAKEN], undefined]],
  ["before it says what else is held", [[TAKEN], undefined, []]],
  ["before the report is on record", [[TAKEN], undefined, [], []]],
])(
  "KS-21 KS-19 PostgreSQL stands still %s: the other stores have it, and the report waits for it once",
  async (_when, answers) => {
    const { postgres, heard } = fallingSilent(answers);
    const report = await kill(postgres);
    expect(report.durationMs).toBeLessThan(BOUND_MS);
    // Asked once more than it answered, and never after that.
    expect(heard.length).toBe(answers.length + 1);
    expect(report.stores).toContainEqual({ store: "file", accepted: true, changed: true });
    expect(report.journal).toBeUndefined();
    // KS-32: the evidence waits for the journal on this host.
    const waiting = spool.waiting(10);
    expect(waiting.map(({ entry }) => [entry.kind, entry.commandId])).toEqual([
      ["kill.evidence", expect.stringMatching(/^one:evidence:\d+$/)],
    ]);
    for (const { key } of waiting) spool.remove(key);
    const knowsWorkers = answers.length > 2;
    // Without an account nobody can look at a venue: what is said of the workers comes before that.
    expect(report.verdict).toBe(knowsWorkers ? "residual-orders" : "unacknowledged");
    expect(report.doubts.some((doubt) => doubt.startsWith("workers on other hosts"))).toBe(!knowsWorkers);
    rmSync(join(folder, "kill"), { recursive: true });
  },
);

test("KS-16 KS-21 PostgreSQL stands still: a flatten closes nothing that it could not write down, blocks, and says so", async () => {
  const { postgres } = fallingSilent([]);
  const report = await kill(postgres, { flatten: true });
  expect(report.level).toBe("BLOCK");
  expect(report.durationMs).toBeLessThan(2 * BOUND_MS);
  expect(report.doubts.join("\n")).toContain("positions were not closed: postgres does not answer");
  const { status, ...read } = await new FileKillLatch(join(folder, "kill")).read(new Map());
  expect([status, "state" in read && read.state.levels.get("global")?.level]).toEqual(["read", "BLOCK"]);
});

test("KS-21 KS-10 a server that has no connection left for notices, and then none for the list, is asked again", async () => {
  const { postgres } = fallingSilent([[TAKEN], FULL, FULL, [], [], [{ seq: 9 }]]);
  const report = await kill(postgres);
  expect([report.doubts, report.journal]).toEqual([["no account is configured that could be looked at"], 9]);
});

test("KS-21 a server that refuses everything at once is not waited for", async () => {
  const { postgres } = fallingSilent(Array.from({ length: 100 }, () => FULL));
  const report = await kill(postgres);
  expect(report.verdict).toBe("unacknowledged");
  expect(report.durationMs).toBeLessThan(PERMIT_LIFE_MS);
});

test("KS-10 KS-19 a worker elsewhere that holds a permit is waited for as long as the acknowledgements may take", async () => {
  const row = {
    ...{
      worker: "worker-1.elsewhere",
      epoch: 6,
      level: "RUN",
      last_sent: 3,
      partitions: [],
      build_hash: "",
      config_hash: "",
    },
    ...{ unresolved: 0, acked_at: new Date(0), remaining_ms: 1_500, certificate_age_ms: null },
    ...{ orders_open: 0, orders_covered: 0, covered_within_ms: null },
  };
  const listings = Array.from({ length: 1_000 }, () => [row]);
  const { postgres } = fallingSilent([[TAKEN], undefined, ...listings]);
  const report = await kill(postgres);
  expect(report.verdict).toBe("unacknowledged");
  expect(report.workers).toMatchObject([{ worker: "worker-1.elsewhere", by: "none", epoch: 6 }]);
  expect(report.durationMs).toBeGreaterThanOrEqual(REQUEST.ackTimeoutMs);
});
