import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrateDatabase, planMigrations, readMigrations } from "../../src/actions/migrate-database.ts";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { PostgresWorkerRegistry } from "../../src/adapters/postgres/postgres-worker-registry.ts";
import type { MigrationDesk } from "../../src/ports/migration-desk.ts";
import { loadConfig } from "../../src/runtime/config.ts";
import { openDaemonDatabase, openDatabase } from "../../src/runtime/database.ts";
import { migrationsFolder, openMigrationDesk } from "../../src/runtime/migrations.ts";
import { emptyDatabase } from "../support/servers/shared.ts";
import { until } from "../support/until.ts";

const WAIT = { waitMs: 240_000 };
let folder: string;
let url: string;
let sql: Postgres;

/** What a host with this build does: real configuration, real files. */
async function host(files = folder, database = url): Promise<MigrationDesk> {
  const env = { TTT_HOME: join(folder, "home"), DATABASE_URL: database, REDIS_URL: "redis://h", AMQP_URL: "amqp://h" };
  return openMigrationDesk(await loadConfig(env), files);
}
const write = (name: string, text: string) =>
  writeFileSync(join(folder, `${name}.sql`), `-- Up Migration\n${text};\n-- Down Migration\nDROP TABLE nothing;\n`);
const names = async (desk: MigrationDesk) => (await readMigrations(desk)).map(({ name, state }) => `${name} ${state}`);

beforeEach(async () => {
  folder = mkdtempSync("/tmp/ttt-db-");
  url = await emptyDatabase();
  sql = await openPostgres(url, { maxConnections: 2 });
  write("0001_one", "CREATE TABLE one (id integer)");
  write("0002_two", "CREATE TABLE two (id integer)");
});
afterEach(async () => {
  await sql.close();
  rmSync(folder, { recursive: true });
});

test("OX-01 a plan shows the SQL and changes nothing, a second run finds nothing to do", async () => {
  const desk = await host();
  const plan = await planMigrations(desk);
  expect(plan.pending.map(({ name }) => name)).toEqual(["0001_one", "0002_two"]);
  expect(plan.pending[0]!.sql).toContain("CREATE TABLE one (id integer);");
  expect(plan.pending[0]!.sql).not.toContain("DROP");
  expect(await sql.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);

  expect(await migrateDatabase(desk, WAIT)).toEqual({ applied: ["0001_one", "0002_two"] });
  expect(await migrateDatabase(desk, WAIT)).toEqual({ applied: [] });
  expect((await planMigrations(desk)).pending).toEqual([]);
  const [{ skew }] = (await sql.query<{ skew: number }>(
    "SELECT abs(extract(epoch FROM clock_timestamp()) * 1000 - $1)::float8 AS skew",
    [Date.parse((await readMigrations(desk))[0]!.appliedAt!)],
  )) as [{ skew: number }];
  expect(skew).toBeLessThan(600_000);
});

test("OX-01 a database newer than the build says so, and a migration with a lower number is still pending", async () => {
  write("0003_three", "CREATE TABLE three (id integer)");
  await migrateDatabase(await host(), WAIT);
  rmSync(join(folder, "0003_three.sql"));
  write("0000_late", "CREATE TABLE late (id integer)");
  const desk = await host();
  expect(await names(desk)).toEqual([
    "0000_late pending",
    "0001_one applied",
    "0002_two applied",
    "0003_three unknown",
  ]);
  expect(await migrateDatabase(desk, WAIT)).toEqual({ applied: ["0000_late"] });
});

test("OX-01 all of it or nothing: one that fails takes those before it back", async () => {
  write("0003_three", "CREATE TABLE three (id nosuchtype)");
  const failure = await migrateDatabase(await host(), WAIT).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    details: {
      exit: "configuration",
      code: "MIGRATION_FAILED",
      found: expect.stringMatching(/0003_three.*nosuchtype/),
    },
  });
  expect((await names(await host())).filter((line) => line.endsWith("applied"))).toEqual([]);
  expect(await sql.query("SELECT to_regclass('one') AS there")).toEqual([{ there: null }]);
});

test("OX-01 of two hosts at once one does the work, and the other waits and finds it done", async () => {
  const hosts = await Promise.all([host(migrationsFolder()), host(migrationsFolder()), host(migrationsFolder())]);
  const reports = await Promise.all(hosts.map((desk) => migrateDatabase(desk, WAIT)));
  const counts = reports.map(({ applied }) => applied.length).sort((a, b) => a - b);
  expect(counts).toEqual([0, 0, hosts[0]!.brought.length]);
  expect(new Set((await readMigrations(hosts[0]!)).map(({ state }) => state))).toEqual(new Set(["applied"]));
});

test("OX-01 who does not want to wait, or not for so long, is told that another one migrates", async () => {
  let finish = () => {};
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let isHeld = false;
  const first = (await host()).run({
    ...WAIT,
    permit: () => {
      isHeld = true;
      return held;
    },
  });
  await until("the first to hold the lock", () => isHeld);
  const locked = { details: { exit: "conflict", code: "MIGRATION_LOCKED", retryable: true } };
  const second = await host();
  await expect(migrateDatabase(second, { waitMs: 0 })).rejects.toMatchObject(locked);
  await expect(migrateDatabase(second, { waitMs: 50 })).rejects.toMatchObject(locked);
  finish();
  expect(await first).toEqual({ applied: ["0001_one", "0002_two"] });
});

test("OX-01 what takes something away is refused while a worker of another build is at work", async () => {
  await migrateDatabase(await host(migrationsFolder()), WAIT);
  write("9999_drop", "ALTER TABLE position DROP COLUMN instrument");
  for (const { name } of (await host()).brought.slice(0, 2)) rmSync(join(folder, `${name}.sql`));
  const desk = await host();
  const registry = new PostgresWorkerRegistry(sql);
  const work = (worker: string, buildHash: string) =>
    registry.acknowledge(
      { worker, epoch: 1, level: "RUN", lastSent: 0, partitions: [], buildHash, configHash: "", unresolved: 0 },
      600_000,
    );
  await work("worker-1", desk.build);
  expect(await planMigrations(desk)).toMatchObject({ others: [], refused: false });

  await work("worker-2", "0ld");
  expect(await planMigrations(desk)).toMatchObject({
    pending: [{ name: "9999_drop", destructive: [{ why: "drops a column" }] }],
    others: [{ name: "worker-2", build: "0ld" }],
    refused: true,
  });
  await expect(migrateDatabase(desk, WAIT)).rejects.toMatchObject({
    details: {
      exit: "refused",
      code: "MIGRATION_DESTRUCTIVE",
      found: "9999_drop drops a column; worker-2 runs build 0ld",
    },
  });
  expect((await names(desk)).filter((line) => line.endsWith("pending"))).toEqual(["9999_drop pending"]);

  await registry.leave("worker-2");
  await work("worker-2", desk.build);
  // An API of another host is known by nothing but its connection; what is no daemon of ours is no build of ours.
  const env = {
    TTT_HOME: join(folder, "another-host"),
    DATABASE_URL: url,
    REDIS_URL: "redis://h",
    AMQP_URL: "amqp://h",
  };
  const config = await loadConfig(env);
  const api = await openDaemonDatabase(config, { instance: "api+3", buildHash: "0ld" });
  const tool = await openDatabase(config, { applicationName: "ttt console jobs" });
  for (const one of [api, tool]) await one.query("SELECT 1");
  expect((await planMigrations(desk)).others).toEqual([{ name: "api", build: "0ld" }]);
  await tool.close();
  await api.close();
  await until("the API to be gone", async () => (await planMigrations(desk)).others.length === 0);
  expect(await migrateDatabase(desk, WAIT)).toEqual({ applied: ["9999_drop"] });
});

test("OX-01 forced it runs beside another build, and what takes nothing away needs no force", async () => {
  await migrateDatabase(await host(migrationsFolder()), WAIT);
  await new PostgresWorkerRegistry(sql).acknowledge(
    {
      worker: "w",
      epoch: 1,
      level: "RUN",
      lastSent: 0,
      partitions: [],
      buildHash: "0ld",
      configHash: "",
      unresolved: 0,
    },
    600_000,
  );
  expect(await migrateDatabase(await host(), WAIT)).toEqual({ applied: ["0001_one", "0002_two"] });
  write("9999_drop", "DROP TABLE one");
  expect(await migrateDatabase(await host(), { ...WAIT, force: true })).toEqual({ applied: ["9999_drop"] });
});

test("OX-01 a database that is away is an outage, whatever was asked", async () => {
  const away = await host(folder, "postgresql://ttt@127.0.0.1:1/nothing");
  const outage = { details: { exit: "outage", code: "POSTGRES_OUTAGE", retryable: true } };
  await expect(readMigrations(away)).rejects.toMatchObject(outage);
  await expect(planMigrations(away)).rejects.toMatchObject(outage);
  await expect(migrateDatabase(away, WAIT)).rejects.toMatchObject(outage);
});
