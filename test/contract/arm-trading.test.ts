import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { approveArm, armTrading } from "../../src/actions/kill/arm-trading.ts";
import type { KillSwitchPorts } from "../../src/actions/kill/kill-switch-ports.ts";
import { readKillStatus } from "../../src/actions/kill/read-kill-status.ts";
import { beginTrading } from "../../src/actions/trading/begin-trading.ts";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { PostgresOrderStore } from "../../src/adapters/postgres/postgres-order-store.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { OperatorError } from "../../src/core/errors.ts";
import type { Log } from "../../src/ports/log.ts";
import type { WorkerAck } from "../../src/ports/worker-registry.ts";
import { type Config, loadConfig } from "../../src/runtime/config.ts";
import { openKillSwitch } from "../../src/runtime/kill-switch.ts";
import { roleOf } from "../../src/runtime/operator.ts";
import { venueId } from "../../src/trading/instrument.ts";
import type { Intent } from "../../src/trading/intent.ts";
import { partitionId } from "../../src/trading/lease.ts";
import type { Level } from "../../src/trading/level.ts";
import type { Scope } from "../../src/trading/scope.ts";
import { roomFor } from "../support/admission.ts";
import { BTC, OWNER, terms } from "../support/risk-context.ts";
import { migratedDatabase, redisDatabase } from "../support/servers/shared.ts";

const PARTITION = "sma-cross@BTC-USD:main";

let home: string;
let postgres: Postgres;
let config: Config;
let opened: Awaited<ReturnType<typeof openKillSwitch>>;
let ports: KillSwitchPorts;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "ttt-arm-"));
  const url = await migratedDatabase();
  postgres = await openPostgres(url);
  config = await loadConfig({
    TTT_HOME: home,
    DATABASE_URL: url,
    REDIS_URL: await redisDatabase(),
    AMQP_URL: "amqp://127.0.0.1:1",
    TTT_PAPER_INSTRUMENTS: "BTC-USD",
    TTT_TRADING_PARTITIONS: "sma-cross@BTC-USD",
    TTT_TRADING_ARM_APPROVAL: "two-persons",
  });
  opened = await openKillSwitch(config, systemClock, "test");
  ports = opened.ports;
  await ports.authority!.found("RUN", "test", "tester");
});

afterEach(async () => {
  await opened.close();
  await postgres.close();
  rmSync(home, { recursive: true, force: true });
});

let commands = 0;
const by = (actor: string, role: "operator" | "risk" = "risk") => ({
  ...{ actor, role, origin: "test", commandId: `c${++commands}`, patienceMs: 0, acksMs: 0 },
});

async function kill(scope: Scope, level: Exclude<Level, "RUN"> = "BLOCK"): Promise<void> {
  const raise = { ...by("ann"), scope, level, reason: "odd fills" };
  const { epoch } = await ports.authority!.raise(raise);
  for (const copy of ports.copies) await copy.raise({ ...raise, epoch });
}

const arm = (scope: Scope, command = by("ann"), reason = "mended") => armTrading(ports, { ...command, scope, reason });
const levelOf = async (scope: Scope) => (await readKillStatus(ports)).scopes.find((one) => one.scope === scope)?.level;

/** The code under which it is refused, or what came of it. */
async function outcome(attempt: Promise<{ readonly outcome: string }>): Promise<string> {
  try {
    return (await attempt).outcome;
  } catch (error) {
    if (error instanceof OperatorError) return error.details.code;
    throw error;
  }
}

const worker = (more: Partial<WorkerAck> = {}, permitMs = 600_000) =>
  ports.registry!.acknowledge(
    {
      ...{ worker: "worker-1", epoch: 1, level: "BLOCK", lastSent: 0, partitions: [PARTITION], unresolved: 0 },
      ...{ buildHash: "b", configHash: "c", certificateAgeMs: 100 },
      ...more,
    },
    permitMs,
  );

describe("who may arm", () => {
  test("KS-23 arming needs the role risk; whoever lacks it changes nothing", async () => {
    await kill("strategy:sma-cross");
    expect(await outcome(arm("strategy:sma-cross", by("ann", "operator")))).toBe("ARM_NOT_RISK");
    expect(await levelOf("strategy:sma-cross")).toBe("BLOCK");
    expect(await outcome(arm("strategy:sma-cross"))).toBe("armed");
    const listed = { trading: { riskOperators: "ann, bob" } as never };
    expect([roleOf("bob", listed), roleOf("eve", listed)]).toEqual(["risk", "operator"]);
    expect(roleOf("eve", { trading: { riskOperators: "" } as never })).toBe("risk");
  });

  test("KS-23 a wide scope is armed by two people, one strategy by one", async () => {
    await kill("global");
    const asked = await arm("global");
    expect(asked).toMatchObject({ outcome: "waiting", scope: "global" });
    const request = asked.outcome === "waiting" ? asked.request : 0;
    expect(await levelOf("global")).toBe("BLOCK");
    expect((await readKillStatus(ports)).next.join("\n")).toContain(`ttt arm --approve ${request}`);

    expect(await outcome(approveArm(ports, request, by("ann")))).toBe("ARM_SAME_PERSON");
    expect(await outcome(approveArm(ports, request, by("bob", "operator")))).toBe("ARM_NOT_RISK");
    expect(await outcome(approveArm(ports, request + 1, by("bob")))).toBe("ARM_REQUEST_UNKNOWN");
    expect(await levelOf("global")).toBe("BLOCK");
    expect(await outcome(approveArm(ports, request, by("bob")))).toBe("armed");
    expect(await levelOf("global")).toBe("RUN");
    expect(await outcome(approveArm(ports, request, by("bob")))).toBe("ARM_REQUEST_DONE");

    const rows = await ports.journal!.list({ limit: 10 });
    expect(rows.map(({ kind, actor }) => [kind, actor])).toEqual([
      ["trading-level.arm-approved", "bob"],
      ["trading-level.armed", "bob"],
      ["trading-level.arm-requested", "ann"],
      ["trading-level.raised", "ann"],
      ["trading-level.founded", "tester"],
    ]);
    expect(await ports.journal!.verify()).not.toHaveProperty("broken");
    for (const scope of ["account:main", "venue:paper"] as const) {
      await kill(scope);
      expect(await outcome(arm(scope))).toBe("waiting");
    }
  });

  test("KS-23 two people who approve at once arm once", async () => {
    await kill("global");
    const asked = await arm("global");
    const request = asked.outcome === "waiting" ? asked.request : 0;
    const eves = await openKillSwitch(config, systemClock, "test of eve");
    const both = await Promise.all([
      outcome(approveArm(ports, request, by("bob"))),
      outcome(approveArm(eves.ports, request, by("eve"))),
    ]);
    await eves.close();
    // Whoever is second finds another epoch, a newer level or the request used: it depends on how far the first one was.
    expect(both.filter((one) => one === "armed")).toHaveLength(1);
    expect(both.find((one) => one !== "armed")).toMatch(/^ARM_(OVERTAKEN|REQUEST_DONE|REQUEST_OVERTAKEN)$/);
  });

  test("KS-23 a request is worthless after an hour, and after a new kill of its scope", async () => {
    await kill("global", "REDUCE_ONLY");
    const first = await arm("global");
    const request = first.outcome === "waiting" ? first.request : 0;
    await kill("global", "BLOCK");
    expect(await outcome(approveArm(ports, request, by("bob")))).toBe("ARM_REQUEST_OVERTAKEN");
    const second = await arm("global");
    const next = second.outcome === "waiting" ? second.request : 0;
    await postgres.execute("UPDATE arm_request SET requested_at = requested_at - interval '61 minutes'");
    expect(await outcome(approveArm(ports, next, by("bob")))).toBe("ARM_REQUEST_LAPSED");
    expect(await levelOf("global")).toBe("BLOCK");
  });

  test("KS-23 with paper money alone one operator is enough", async () => {
    ports = { ...ports, armRules: { twoPersons: false } };
    await kill("global");
    expect(await outcome(arm("global"))).toBe("armed");
  });
});

describe("real money", () => {
  const venue = { id: venueId("binanceusdm"), isRealMoney: true };
  const nobody = () => {};
  const log: Log = { debug: nobody, info: nobody, warn: nobody, error: nobody, child: () => log };
  const begin = (accounts: string[], more = {}) =>
    beginTrading({ authority: ports.authority!, venue, accounts, worker: "worker-1", log, ...more });

  test("KS-23 KS-04 an account begins blocked, two people let it trade, and no later start blocks or arms it again", async () => {
    const live = { TTT_VENUE_NAME: "ccxt", TTT_VENUE_LIVE: "yes", TTT_VENUE_ORIGIN: "http://127.0.0.1:1" };
    const urls = { DATABASE_URL: config.database.url!, REDIS_URL: config.redis.url!, AMQP_URL: config.amqp.url! };
    const real = await openKillSwitch(
      await loadConfig({ TTT_HOME: home, TTT_TRADING_ARM_APPROVAL: "one-person", ...urls, ...live }),
      systemClock,
      "test of real money",
    );
    try {
      // Whatever the setting says: with real money one person alone is never enough.
      ports = { ...ports, armRules: real.ports.armRules };
    } finally {
      await real.close();
    }
    const scope = "venue:binanceusdm";
    await begin(["main"]);
    expect(await levelOf(scope)).toBe("BLOCK");
    await begin(["main"]);
    const asked = await arm(scope, by("ann"));
    expect(asked.outcome).toBe("waiting");
    const request = asked.outcome === "waiting" ? asked.request : 0;
    expect(await outcome(approveArm(ports, request, by("ann")))).toBe("ARM_SAME_PERSON");
    expect(await levelOf(scope)).toBe("BLOCK");
    expect(await outcome(approveArm(ports, request, by("bob")))).toBe("armed");
    expect(await outcome(arm("global"))).toBe("waiting");

    await begin(["main"]);
    expect(await levelOf(scope)).toBe("RUN");
    // Another account of the same venue was never looked at by anybody; and a kill outlives every start.
    await begin(["main", "second"]);
    expect(await levelOf(scope)).toBe("BLOCK");
    await begin(["main", "second"]);
    expect(await levelOf(scope)).toBe("BLOCK");
    const [row] = await ports.journal!.list({ kind: "trading-level.raised", limit: 1 });
    expect(row).toMatchObject({ actor: "worker-1", body: { reason: expect.stringContaining("account second") } });
  });

  test("KS-23 KS-04 in a new environment too: the founding of the levels arms nothing that holds real money", async () => {
    await postgres.execute("DELETE FROM trading_level");
    await postgres.execute("DELETE FROM trading_level_command");
    await begin(["main"]);
    await begin(["main"], { venue: { id: venueId("paper"), isRealMoney: false } });
    const reading = await ports.authority!.read();
    const levels = reading.status === "read" ? [...reading.state.levels].map(([of, { level }]) => [of, level]) : [];
    expect(Object.fromEntries(levels)).toEqual({ global: "RUN", "venue:binanceusdm": "BLOCK" });
  });

  test("KS-04 while the authority is away, or refuses, nothing begins", async () => {
    await postgres.execute("ALTER TABLE trading_level_command RENAME TO gone");
    await expect(begin(["main"])).rejects.toThrow();
  });
});

describe("what speaks against an arm", () => {
  const scope = "strategy:sma-cross";

  test("KS-23 a worker that has not reconciled lately, in scope", async () => {
    await kill(scope);
    await worker({ certificateAgeMs: undefined });
    expect(await outcome(arm(scope))).toBe("ARM_NOT_RECONCILED");
    // Another scope is not about its partition.
    expect(await outcome(arm("strategy:breakout"))).toBe("armed");
    await worker({ certificateAgeMs: 31_000 });
    expect(await outcome(arm(scope))).toBe("ARM_NOT_RECONCILED");
    await worker({ certificateAgeMs: 1_000 });
    expect(await outcome(arm(scope))).toBe("armed");
  });

  test("KS-23 what passes by itself is waited for", async () => {
    await kill(scope);
    await worker({ certificateAgeMs: undefined });
    const waiting = arm(scope, { ...by("ann"), patienceMs: 240_000 });
    await worker({ certificateAgeMs: 10 });
    expect(await outcome(waiting)).toBe("armed");
  });

  test("KS-23 an order of unknown fate, of a live worker or left behind by a dead one", async () => {
    await kill(scope);
    await worker({ unresolved: 1 });
    expect(await outcome(arm(scope))).toBe("ARM_UNRESOLVED");
    await ports.registry!.leave("worker-1");

    const partition = partitionId(PARTITION);
    const { token } = (await ports.leases!.take(partition, "worker-1", 600_000))!;
    const id = "ttt-aaaaaaaaaaaa-1" as never;
    const intent: Intent = {
      ...{ id, partition, token, sequence: 1, epoch: 1, reducing: false, decidedAt: 0 },
      origin: "strategy",
      owner: OWNER,
      terms: terms(),
      decision: {
        ...{ order: id, allowed: true, results: [], overrides: [], limitsVersion: 1, epoch: 1, token },
        buildHash: "b",
      },
    };
    const orders = new PostgresOrderStore(postgres, { worker: "worker-1", instruments: new Map([[BTC.id, BTC]]) });
    await orders.commitIntents(partition, token, [intent], roomFor([intent]));
    // While its holder lives it is on its way like any other order.
    expect(await outcome(arm(scope))).toBe("armed");
    await kill(scope);
    await ports.leases!.release(partition, "worker-1", token);
    expect(await outcome(arm(scope))).toBe("ARM_UNRESOLVED");
  });

  test("KS-23 workers of different builds or configurations", async () => {
    await kill(scope);
    await worker();
    await worker({ worker: "worker-2", buildHash: "other", partitions: [] });
    expect(await outcome(arm(scope))).toBe("ARM_MIXED_RELEASES");
    await worker({ worker: "worker-2", buildHash: "b", configHash: "other", partitions: [] });
    expect(await outcome(arm(scope))).toBe("ARM_MIXED_RELEASES");
    await worker({ worker: "worker-2", partitions: [] });
    expect(await outcome(arm(scope))).toBe("armed");
  });

  test("KS-23 KS-03 each scope is armed by itself, and what is still held is named with what to do", async () => {
    ports = { ...ports, armRules: { twoPersons: false } };
    await kill("global");
    await kill(scope);
    const before = await readKillStatus(ports);
    expect(before.scopes.find((one) => one.scope === scope)).toMatchObject({ by: "ann", reason: "odd fills" });
    expect(before.next).toEqual([
      "when global may trade again: ttt arm --reason '…'",
      `when ${scope} may trade again: ttt arm --scope ${scope} --reason '…'`,
    ]);
    const report = await arm("global");
    expect(report.status.scopes.filter(({ level }) => level !== "RUN").map((one) => one.scope)).toEqual([scope]);
    expect(report.status.next).toEqual([`when ${scope} may trade again: ttt arm --scope ${scope} --reason '…'`]);
    await arm(scope);
    expect((await readKillStatus(ports)).next).toEqual([]);
  });

  test("KS-10 it is shown how things stand once who may send has confirmed what was armed", async () => {
    await kill(scope);
    await worker();
    const waiting = arm(scope, { ...by("ann"), acksMs: 240_000 });
    // Of two who read one authority at once only the first is answered: whoever looks on beside an arm has its own.
    const beside = await openKillSwitch(config, systemClock, "test beside it");
    const look = () => readKillStatus(beside.ports);
    const isArmed = async () => (await look()).scopes.some((one) => one.scope === scope && one.level === "RUN");
    await expect.poll(isArmed, { timeout: 60_000 }).toBe(true);
    const epoch = (await look()).epoch!;
    await beside.close();
    await worker({ epoch, level: "RUN" });
    const report = await waiting;
    expect(report.status.workers).toMatchObject([{ epoch }]);
    expect(report.status.next).toEqual([]);
  });

  test("KS-10 KS-28 a worker that fell silent is what to look at first, and what it said of its orders is said to be old", async () => {
    await kill(scope);
    await arm(scope);
    await worker({ level: "RUN", atVenue: { open: 1, covered: 1, withinMs: 45_000 } }, -10_000);
    expect((await readKillStatus(ports)).next).toEqual([]);
    await kill(scope);
    const { next, hostLoss } = await readKillStatus(ports);
    expect(next[0]).toMatch(/^worker-1 has not confirmed epoch \d+, and its permit has run out/);
    expect(next[1]).toContain("ttt arm");
    expect(hostLoss!.words).toMatch(/^if this host dies now, .*; as worker-1 said \d+ s ago, and nothing since$/);
    await worker({ epoch: 99, atVenue: { open: 1, covered: 1, withinMs: 45_000 } });
    const status = await readKillStatus(ports);
    expect(status.next[0]).toContain("ttt arm");
    expect(status.hostLoss!.words).not.toContain("ago");
  });

  test("KS-32 KS-06 a kill that only a file knew comes on record under the name of who set it", async () => {
    ports = { ...ports, armRules: { twoPersons: false } };
    const file = ports.copies.find(({ name }) => name === "file")!;
    await file.raise({ ...by("zoe"), scope: "global", level: "BLOCK", reason: "no database" });
    expect((await readKillStatus(ports)).scopes[0]).toMatchObject({ by: "zoe", reason: "no database", level: "BLOCK" });
    // Whoever arms has seen what was on record: what comes on record by the arm itself it does not lift.
    await expect(arm("global")).rejects.toMatchObject({
      details: { code: "ARM_OVERTAKEN", found: "BLOCK by zoe: no database", retryable: true },
    });
    expect(await levelOf("global")).toBe("BLOCK");
    const raised = await ports.journal!.list({ kind: "trading-level.raised", limit: 1 });
    expect(raised[0]).toMatchObject({ actor: "zoe", body: { reason: "no database" } });
    expect(await outcome(arm("global"))).toBe("armed");
  });

  test("KS-06 KS-32 a kill that only a file knew is not lifted together with the one that held the scope before", async () => {
    ports = { ...ports, armRules: { twoPersons: false } };
    await kill("global");
    const file = ports.copies.find(({ name }) => name === "file")!;
    const automatic = {
      ...by("worker-1"),
      origin: "automatic",
      scope: "global",
      level: "BLOCK",
      reason: "loss",
    } as const;
    await file.raise({ ...by("zoe"), scope: "global", level: "BLOCK", reason: "no database" });
    // What a worker raised by itself comes again after the arm, and counts for nothing beside what holds.
    await file.raise(automatic);
    expect(await outcome(arm("global"))).toBe("ARM_OVERTAKEN");
    const reason = "no database (BLOCK, beside the BLOCK of epoch 2 by ann: odd fills)";
    expect((await readKillStatus(ports)).scopes[0]).toMatchObject({ level: "BLOCK", since: 3, by: "zoe", reason });
    const rows = await ports.journal!.list({ kind: "trading-level.raised", limit: 10 });
    expect(rows.map(({ actor }) => actor)).toEqual(["zoe", "ann"]);
    expect(await outcome(arm("global"))).toBe("armed");
    expect(await levelOf("global")).toBe("RUN");
  });
});
