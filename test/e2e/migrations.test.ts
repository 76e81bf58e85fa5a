import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MigrationPlan } from "../../src/actions/migrate-database.ts";
import type { MigrationView } from "../../src/ops/migration.ts";
import { emptyDatabase } from "../support/servers/shared.ts";
import { SupervisedStack } from "../support/supervised-stack.ts";
import { tttInOwnHome } from "../support/ttt.ts";
import { until } from "../support/until.ts";

// The commands reach the database alone: the other two need only be named.
const services = (url: string) => ({ DATABASE_URL: url, REDIS_URL: "redis://127.0.0.1", AMQP_URL: "amqp://127.0.0.1" });
let host: ReturnType<typeof tttInOwnHome>;
let other: ReturnType<typeof tttInOwnHome>;
beforeAll(async () => {
  const env = services(await emptyDatabase());
  host = tttInOwnHome(env);
  other = tttInOwnHome(env);
});
afterAll(() => Promise.all([host.remove(), other.remove()]));

test("OX-01 ttt db looks first, migrates once from two hosts at a time, and says how the database stands", async () => {
  const status = async () => {
    const { exitCode, json } = await host.ttt("db", "status", "--json");
    const views: readonly MigrationView[] = json().data.migrations;
    return { exitCode, states: [...new Set(views.map(({ state }) => state))], count: views.length };
  };
  const before = await status();
  expect(before).toMatchObject({ exitCode: 20, states: ["pending"] });
  const plan: MigrationPlan = (await host.ttt("db", "plan", "--json")).json().data;
  expect(plan).toMatchObject({ others: [], refused: false });
  expect(plan.pending).toHaveLength(before.count);
  expect((await host.ttt("db", "plan")).stdout).toContain("CREATE TABLE journal (");
  const rehearsed = await host.ttt("db", "migrate", "--dry-run");
  expect(rehearsed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("would apply 0010_journal") });
  expect(await status()).toEqual(before);

  const both = await Promise.all([host, other].map(({ ttt }) => ttt("db", "migrate", "--json")));
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  const applied = both.map(({ json }) => json().data.applied.length).sort((a, b) => a - b);
  expect(applied).toEqual([0, before.count]);
  expect(await status()).toEqual({ exitCode: 0, states: ["applied"], count: before.count });
  expect((await host.ttt("db", "migrate")).stdout).toBe("Nothing was pending.");
});

test("OX-01 ttt db says what is missing: a reason for force, a stack, a database that answers", async () => {
  const forced = await host.ttt("db", "migrate", "--force", "--json");
  expect(forced.json()).toMatchObject({ exit: 2, error: { code: "REASON_MISSING" } });

  const away = services("postgresql://ttt@127.0.0.1:1/nothing");
  const embedded = { DATABASE_URL: "", REDIS_URL: "", AMQP_URL: "" };
  for (const words of [["status"], ["plan"], ["migrate"], ["migrate", "--dry-run"]]) {
    const silent = await host.run(["db", ...words, "--json"], away);
    expect(silent.json()).toMatchObject({ exit: 14, error: { code: "POSTGRES_OUTAGE", retryable: true } });
    const never = await host.run(["db", ...words, "--json"], embedded);
    expect(never.json()).toMatchObject({ exit: 13, error: { code: "DATABASE_ABSENT", hint: "ttt up" } });
  }
});

test("OX-01 on a running stack the new build's migration is refused while services of the old one are at work", async () => {
  const stack = new SupervisedStack();
  try {
    expect(await stack.ttt("up")).toMatchObject({ exitCode: 0 });
    // A release is installed over the running one.
    const dist = join(dirname(dirname(stack.bin)), "dist");
    const { buildHash: old } = await stack.view("worker-1");
    writeFileSync(join(dist, "migrations", "9999_drop.sql"), "-- Up Migration\nDROP VIEW IF EXISTS nobody_reads_it;\n");
    stack.renameBuild("new-release");

    const refused = await stack.json("db", "migrate");
    expect(refused).toMatchObject({ exitCode: 18, error: { code: "MIGRATION_DESTRUCTIVE" } });
    for (const service of ["worker", "api", "backtester"])
      expect(refused.error.found).toMatch(new RegExp(`${service}\\S* runs build ${old}`));
    expect(refused.error.found).toContain("9999_drop drops a view");
    expect(await stack.json("db", "status")).toMatchObject({ exitCode: 20 });

    const forced = await stack.json("db", "migrate", "--force", "--reason", "nobody reads it");
    expect(forced).toMatchObject({ exitCode: 0, data: { applied: ["9999_drop"] } });
    await until("the command on record", async () => {
      const { stdout } = await stack.ttt("audit", "list", "--json");
      return stdout.includes("db migrate --force --reason nobody reads it");
    });
  } finally {
    await stack.close();
  }
});
