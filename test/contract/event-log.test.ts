import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { postgresEventLog } from "../../src/adapters/postgres/postgres-event-log.ts";
import type { EventLog, LoggedEvent } from "../../src/ports/event-log.ts";
import { migratedDatabase } from "../support/servers/shared.ts";

describe("event log on PostgreSQL", () => {
  let postgres: Postgres;
  let log: EventLog;
  let url: string;

  beforeAll(async () => {
    url = await migratedDatabase();
    postgres = await openPostgres(url);
    log = postgresEventLog(postgres);
  });
  afterAll(() => postgres.close());

  test("a follower sees every event of many concurrent writers once and in order", async () => {
    const { last } = await log.range();
    const seen: LoggedEvent[] = [];
    let finish = () => {};
    const all = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const follower = await log.follow({
      begin: () => {},
      take(events) {
        seen.push(...events);
        if (seen.length >= 400) finish();
      },
    });
    const writer = async (name: number) => {
      for (let i = 0; i < 50; i++) await log.append("jobs", "job.progressed", { name, i });
    };
    await Promise.all(Array.from({ length: 8 }, (_, name) => writer(name)));
    await all;
    follower.close();
    expect(seen).toHaveLength(400);
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map(({ seq }) => seq).toSorted((a, b) => a - b));
    expect(await log.after(last, 1000)).toEqual(seen);
  });

  test("an event of a long transaction never appears below one that was read", async () => {
    const { last } = await log.range();
    const slow = await openPostgres(url);
    let commit = () => {};
    const mayCommit = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let numbered = () => {};
    const isNumbered = new Promise<void>((resolve) => {
      numbered = resolve;
    });
    const first = slow.transaction(async (sql) => {
      await sql.query("SELECT event_append('jobs', 'first', '{}')");
      numbered();
      await mayCommit;
    });
    await isNumbered;
    const second = log.append("jobs", "second", {});
    expect(await log.after(last, 10)).toEqual([]);
    commit();
    await Promise.all([first, second]);
    expect((await log.after(last, 10)).map(({ type }) => type)).toEqual(["first", "second"]);
    await slow.close();
  });

  test("a reader that was away goes on where it was, and trimming tells how far back one can go", async () => {
    const { last } = await log.range();
    for (let i = 0; i < 10; i++) await log.append("kill", "level.raised", { i });
    expect((await log.after(last + 4, 3)).map(({ body }) => body)).toEqual([{ i: 4 }, { i: 5 }, { i: 6 }]);
    await log.trim(5);
    expect(await log.range()).toEqual({ first: last + 6, last: last + 10 });
  });
});
