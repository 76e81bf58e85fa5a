import { afterAll, beforeAll, expect, test } from "vitest";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { PostgresKillAuthority } from "../../src/adapters/postgres/postgres-kill-authority.ts";
import { postgresStackFigures } from "../../src/adapters/postgres/postgres-stack-figures.ts";
import { PostgresWorkerRegistry } from "../../src/adapters/postgres/postgres-worker-registry.ts";
import { openRedisMemory } from "../../src/adapters/redis/redis-memory.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { migratedDatabase, redisDatabase } from "../support/servers/shared.ts";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openPostgres(await migratedDatabase());
});
afterAll(() => postgres.close());

test("OB-01 the database knows which kills wait for a worker, since when, and when the last one was", async () => {
  const figures = postgresStackFigures(postgres);
  expect(await figures.read()).toEqual({
    epoch: 0,
    epochAge: 0,
    lastKillAge: undefined,
    unacknowledged: 0,
    jobsWaiting: 0,
    oldestJobAge: 0,
  });

  const authority = new PostgresKillAuthority(postgres, systemClock);
  const registry = new PostgresWorkerRegistry(postgres);
  await authority.found("RUN", "test", "tester");
  const ack = (worker: string, epoch: number) =>
    registry.acknowledge(
      { worker, epoch, level: "RUN", lastSent: 0, partitions: [], buildHash: "", configHash: "", unresolved: 0 },
      600_000,
    );
  await ack("worker-1", 1);
  await ack("worker-2", 1);
  const words = { reason: "test", actor: "tester", origin: "test" };
  const { epoch } = await authority.raise({ commandId: "one", scope: "global", level: "BLOCK", ...words });
  expect(await figures.read()).toMatchObject({ epoch, unacknowledged: 2, lastKillAge: expect.any(Number) });
  await ack("worker-1", epoch);
  const reading = await figures.read();
  expect(reading.unacknowledged).toBe(1);
  expect(reading.epochAge).toBeGreaterThan(0);
  expect(reading.epochAge).toBeLessThanOrEqual((await figures.killAge(epoch))!);
  await ack("worker-2", epoch);
  expect((await figures.read()).unacknowledged).toBe(0);

  expect(await figures.killAge(epoch)).toBeGreaterThan(0);
  expect(await figures.killAge(1)).toBeUndefined();
});

test("OB-01 the database knows how many jobs wait, and for how long", async () => {
  const figures = postgresStackFigures(postgres);
  await postgres.execute(
    `INSERT INTO job (id, kind, key, spec, max_attempts, submitted_by, due_at)
     VALUES ('a', 'backtest', 'a', '{}', 3, 'test', clock_timestamp() - interval '90 seconds'),
            ('b', 'backtest', 'b', '{}', 3, 'test', clock_timestamp() + interval '1 hour')`,
  );
  const { jobsWaiting, oldestJobAge } = await figures.read();
  expect(jobsWaiting).toBe(2);
  expect(oldestJobAge).toBeGreaterThanOrEqual(90);
  expect(oldestJobAge).toBeLessThan(3_600);
});

test("OB-01 Redis tells how much of its memory is in use", async () => {
  const redis = await openRedisMemory(await redisDatabase());
  const { used, limit } = await redis.readMemory();
  await redis.close();
  expect(used).toBeGreaterThan(100_000);
  expect(limit).toBeGreaterThan(used);
});
