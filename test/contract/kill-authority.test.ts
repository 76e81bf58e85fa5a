import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { PostgresJournal } from "../../src/adapters/postgres/postgres-journal.ts";
import { PostgresKillAuthority } from "../../src/adapters/postgres/postgres-kill-authority.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import type { LevelRaise } from "../../src/ports/kill-store.ts";
import type { Level } from "../../src/trading/level.ts";
import type { Scope } from "../../src/trading/scope.ts";
import { migratedDatabase } from "../support/servers/shared.ts";

let postgres: Postgres;
let authority: PostgresKillAuthority;
let journal: PostgresJournal;

beforeAll(async () => {
  postgres = await openPostgres(await migratedDatabase());
  authority = new PostgresKillAuthority(postgres, systemClock);
  journal = new PostgresJournal(postgres);
});
afterAll(() => postgres.close());
beforeEach(async () => {
  await postgres.query("TRUNCATE trading_level, trading_level_command");
  await postgres.query("UPDATE trading_epoch SET epoch = 0");
});

let commands = 0;
const raise = (scope: Scope, level: LevelRaise["level"], commandId = `c${++commands}`): LevelRaise => ({
  commandId,
  scope,
  level,
  reason: "test",
  actor: "tester",
  origin: "test",
});
const arm = (scope: Scope, expectedEpoch: number, commandId = `c${++commands}`) =>
  authority.arm({ commandId, scope, expectedEpoch, reason: "test", actor: "tester", origin: "test" });

async function levels(): Promise<Record<string, Level>> {
  const reading = await authority.read();
  if (reading.status !== "read") return {};
  return Object.fromEntries([...reading.state.levels].map(([scope, { level }]) => [scope, level]));
}

describe("the authority on trading levels in PostgreSQL", () => {
  test("KS-04 an environment without a level is absent, which blocks", async () => {
    expect((await authority.read()).status).toBe("absent");
  });

  test("KS-24 a first level is founded once, and never lowers what was set", async () => {
    expect(await authority.found("RUN", "new", "tester")).toBe(true);
    await authority.raise(raise("global", "BLOCK"));
    expect(await authority.found("RUN", "again", "tester")).toBe(false);
    expect(await levels()).toEqual({ global: "BLOCK" });
  });

  test("KS-20 the same command is one kill, and counts one epoch", async () => {
    await authority.found("RUN", "new", "tester");
    const first = await authority.raise(raise("global", "BLOCK", "same"));
    const second = await authority.raise(raise("global", "BLOCK", "same"));
    expect(first).toMatchObject({ changed: true, epoch: 2 });
    expect(second).toMatchObject({ changed: false, epoch: 2 });
  });

  test("KS-20 a repeated command does not kill again after an arm", async () => {
    await authority.found("RUN", "new", "tester");
    await authority.raise(raise("global", "BLOCK", "once"));
    await arm("global", 2);
    expect(await authority.raise(raise("global", "BLOCK", "once"))).toMatchObject({ changed: false, level: "RUN" });
  });

  test("KS-20 a stronger kill over a weaker one is taken, a weaker one changes nothing", async () => {
    await authority.raise(raise("global", "REDUCE_ONLY"));
    expect(await authority.raise(raise("global", "BLOCK"))).toMatchObject({ changed: true, level: "BLOCK", epoch: 2 });
    expect(await authority.raise(raise("global", "REDUCE_ONLY"))).toMatchObject({ changed: false, level: "BLOCK" });
  });

  test("KS-06 a kill of a copy, on a scope that another one holds, is a change that an earlier look cannot lift; once", async () => {
    await authority.raise({ ...raise("global", "BLOCK", "a"), reason: "A", actor: "ann" });
    const late = { ...raise("global", "REDUCE_ONLY", "b"), reason: "B", actor: "bob" };
    expect(await authority.record(late)).toEqual({ scope: "global", level: "BLOCK", epoch: 2, changed: true });
    expect(await authority.record(late)).toMatchObject({ epoch: 2, changed: false });
    expect(await arm("global", 1)).toBeUndefined();
    expect(await levels()).toEqual({ global: "BLOCK" });
    const [row] = await journal.list({ kind: "trading-level.raised", limit: 1 });
    const reason = "B (REDUCE_ONLY, beside the BLOCK of epoch 1 by ann: A)";
    expect(row).toMatchObject({ actor: "bob", commandId: "b", body: { before: "BLOCK", after: "BLOCK", reason } });
    await arm("global", 2);
    expect(await authority.record(late)).toMatchObject({ level: "RUN", changed: false });
    // Where nothing holds the scope, it is like any other kill.
    expect(await authority.record(raise("global", "REDUCE_ONLY"))).toMatchObject({ level: "REDUCE_ONLY", epoch: 4 });
    expect(await authority.record(raise("global", "BLOCK"))).toMatchObject({ level: "BLOCK", epoch: 5 });
  });

  test("KS-03 arming a narrow scope leaves a wider one as it is", async () => {
    await authority.raise(raise("global", "BLOCK"));
    await authority.raise(raise("strategy:a", "BLOCK"));
    await arm("strategy:a", 2);
    expect(await levels()).toEqual({ global: "BLOCK", "strategy:a": "RUN" });
  });

  test("KS-23 an arm of an epoch that has passed does nothing", async () => {
    await authority.raise(raise("global", "REDUCE_ONLY"));
    await authority.raise(raise("global", "BLOCK"));
    expect(await arm("global", 1)).toBeUndefined();
    expect(await levels()).toEqual({ global: "BLOCK" });
    expect(await arm("global", 2)).toMatchObject({ changed: true, epoch: 3 });
  });

  test("KS-06 the reading carries the epoch of each scope's latest arm", async () => {
    await authority.raise(raise("global", "BLOCK"));
    await arm("global", 1);
    await authority.raise(raise("global", "BLOCK"));
    const reading = await authority.read();
    expect(reading).toMatchObject({ status: "read", state: { epoch: 3 } });
    expect(reading.armed?.get("global")).toBe(2);
  });

  test("KS-09 a change is pushed with scope, level and epoch", async () => {
    const heard = Promise.withResolvers<unknown>();
    const cancel = await authority.onChange((change) => heard.resolve(change));
    await authority.raise(raise("strategy:a", "BLOCK"));
    expect(await heard.promise).toEqual({ scope: "strategy:a", level: "BLOCK", epoch: 1, changed: true });
    cancel();
  });

  test("KS-05 a change is durable when it is acknowledged", async () => {
    const [row] = await postgres.transaction(async (sql) => {
      await sql.query("SET LOCAL synchronous_commit = off");
      await sql.query("SELECT * FROM trading_level_raise('global', 'BLOCK', 'by hand')");
      return sql.query<{ setting: string }>("SELECT current_setting('synchronous_commit') AS setting");
    });
    expect(row?.setting).toBe("on");
  });

  test("KS-21 psql alone can kill", async () => {
    await postgres.query("SELECT * FROM trading_level_raise('global', 'BLOCK', 'by hand')");
    expect(await levels()).toEqual({ global: "BLOCK" });
  });

  test("KS-07 a reading that gets no answer in time is unreachable, and the next waits for no old one", async () => {
    const hasty = new PostgresKillAuthority(postgres, systemClock, { readTimeoutMs: 50 });
    await postgres.transaction(async (sql) => {
      await sql.query("LOCK TABLE trading_level IN ACCESS EXCLUSIVE MODE");
      expect((await hasty.read()).status).toBe("unreachable");
      expect((await hasty.read()).status).toBe("unreachable");
    });
    await expect.poll(async () => (await hasty.read()).status).toBe("absent");
  });

  test("KS-32 each change is a row of the journal with who, why, before and after", async () => {
    await authority.raise(raise("global", "REDUCE_ONLY"));
    await authority.raise(raise("global", "BLOCK"));
    const [newest] = await journal.list({ kind: "trading-level", limit: 1 });
    expect(newest).toMatchObject({
      kind: "trading-level.raised",
      actor: "tester",
      body: { scope: "global", before: "REDUCE_ONLY", after: "BLOCK", epoch: 2, reason: "test" },
    });
  });
});

describe("the journal", () => {
  const entry = { kind: "test.entry", actor: "tester", origin: "here", commandId: "", body: { text: 'ü\n"quoted"' } };

  test("KS-32 the chain is whole over appends from many connections at once", async () => {
    await Promise.all(Array.from({ length: 40 }, () => journal.append(entry)));
    const check = await journal.verify();
    expect(check.broken).toBeUndefined();
    expect(check.rows).toBeGreaterThanOrEqual(40);
  });

  test("KS-32 it refuses to be changed", async () => {
    await journal.append(entry);
    for (const change of ["UPDATE journal SET actor = 'x'", "DELETE FROM journal", "TRUNCATE journal"]) {
      await expect(postgres.query(change)).rejects.toThrow("append-only");
    }
  });

  test("KS-32 the first row that was changed behind its back is named", async () => {
    const seq = await journal.append(entry);
    await journal.append(entry);
    await postgres.query("ALTER TABLE journal DISABLE TRIGGER USER");
    await postgres.query("UPDATE journal SET actor = 'somebody else' WHERE seq = $1", [seq]);
    expect((await journal.verify()).broken).toEqual({ seq, reason: "its content was changed after it was written" });
    await postgres.query("DELETE FROM journal WHERE seq = $1", [seq]);
    expect((await journal.verify()).broken).toEqual({ seq: seq + 1, reason: `row ${seq} is missing` });
    await postgres.query("DELETE FROM journal WHERE seq > $1", [seq]);
    await postgres.query("ALTER TABLE journal ENABLE TRIGGER USER");
  });
});
