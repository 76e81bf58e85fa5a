import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Diagnosis } from "../../src/actions/doctor/examine.ts";
import type { KillReport } from "../../src/actions/kill/kill-report.ts";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import type { RunView } from "../../src/ops/runbook-run.ts";
import { type PrometheusServer, startPrometheus } from "../support/servers/prometheus-server.ts";
import { type RedisServer, startRedisServer } from "../support/servers/redis-server.ts";
import { emptyDatabase, virtualHost } from "../support/servers/shared.ts";
import { type SlowProxy, startSlowProxy } from "../support/slow-proxy.ts";
import { tttInOwnHome } from "../support/ttt.ts";
import { until } from "../support/until.ts";

const MIGRATIONS = join(import.meta.dirname, "..", "..", "src/adapters/postgres/migrations");
let stack: ReturnType<typeof tttInOwnHome>;
let database: URL;
let proxy: SlowProxy;
let redis: RedisServer;
let prometheus: PrometheusServer;
let sql: Postgres;
let amqp: string;

/** The configuration lies in the state directory, as an operator keeps it: a process reads it when it starts. */
function configure(databasePort: number, options: { amqp: boolean }): void {
  const url = new URL(database);
  url.port = String(databasePort);
  const lines = [
    `database: {url: "${url.href}"}`,
    `redis: {url: "${redis.url}"}`,
    ...(options.amqp ? [`amqp: {url: "${amqp}"}`] : []),
    `prometheus: {url: "${prometheus.url}"}`,
  ];
  writeFileSync(join(stack.home, "ttt.yaml"), `${lines.join("\n")}\n`);
}

beforeAll(async () => {
  stack = tttInOwnHome();
  mkdirSync(stack.home, { recursive: true });
  database = new URL(await emptyDatabase());
  proxy = await startSlowProxy(Number(database.port));
  redis = await startRedisServer(["--maxmemory", "32mb"]);
  amqp = await virtualHost();
  prometheus = await startPrometheus({ home: stack.home });
  sql = await openPostgres(database.href, { maxConnections: 1 });
  configure(proxy.port, { amqp: true });
  const up = await stack.ttt("up", "--json");
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);
}, 180_000);
afterAll(async () => {
  await stack?.remove();
  await sql?.close();
  await proxy?.close();
  await redis?.remove();
  await prometheus?.remove();
});

const doctor = async (...args: string[]): Promise<Diagnosis & { exitCode: number | undefined }> => {
  const { exitCode, stdout, stderr } = await stack.ttt("doctor", ...args, "--json");
  if (stdout === "") throw new Error(stderr);
  return { exitCode, ...JSON.parse(stdout).data };
};
/** Waits until the doctor names this cause first, and returns it. */
const named = (id: string, holds: (evidence: string) => boolean = () => true) =>
  until(
    `the doctor to name ${id} first`,
    async () => {
      const { causes, exitCode } = await doctor();
      const [first] = causes;
      return first?.id === id && holds(first.evidence.join("\n")) && { first, causes, exitCode };
    },
    60_000,
  );
const runbook = async (...args: string[]) => {
  const { exitCode, stdout, stderr } = await stack.ttt("runbook", ...args, "--yes");
  const view: RunView = (await stack.ttt("runbook", "status", "--json")).json().data;
  return { exitCode, view, said: stdout + stderr };
};
const well = (symptom: string) =>
  until(
    `no cause of ${symptom}`,
    async () => (await doctor("--symptom", symptom)).causes.every(({ certainty }) => certainty === "possible"),
    60_000,
  );
const stepOf = (view: RunView, id: string) => view.steps.find((step) => step.id === id);

/** The database as the release before this migration left it. */
async function takeBack(migration: string): Promise<void> {
  const [, backward = ""] = readFileSync(join(MIGRATIONS, `${migration}.sql`), "utf8").split(/^-- Down Migration.*$/m);
  await sql.transaction(async (transaction) => {
    await transaction.query(backward);
    await transaction.query("DELETE FROM schema_migrations WHERE name = $1", [migration]);
  });
}

describe("OR-04 each symptom made real: the doctor names its cause first, and the runbook mends it", () => {
  test("OR-04 a stack that is well: nothing is found, and every look has seen something", async () => {
    const { causes, checks } = await until("nothing to be found", async () => {
      const found = await doctor();
      return found.causes.every(({ certainty }) => certainty === "possible") && found;
    });
    expect(causes.filter(({ certainty }) => certainty !== "possible")).toEqual([]);
    expect(checks.map(({ name, problem }) => [name, problem])).toEqual(
      ["api", "configuration", "database", "host", "metrics", "queue", "redis", "stack"].map((name) => [name, null]),
    );
  });

  test("OR-04 the API returns 500s: the release is ahead of the database", async () => {
    await takeBack("0060_incident");
    const { first, causes, exitCode } = await named("postgres.schema-behind");
    expect(exitCode).toBe(20);
    expect(first).toMatchObject({
      symptom: "api-500s",
      certainty: "certain",
      fix: { runbook: "api-500s", section: "3.2" },
    });
    expect(first.evidence).toContain("not applied: 0060_incident");
    // What people notice is found too, with the database's own words for the very requests of the doctor.
    const noticed = causes.find(({ id }) => id === "api.bad-query");
    expect(noticed?.evidence.join("\n")).toMatch(/GET \/v1\/incidents: 503, .*relation ".*" does not exist/);

    const { exitCode: exit, view, said } = await runbook("run", "api-500s");
    expect(exit, said).toBe(0);
    expect(stepOf(view, "migrate")?.state).toBe("done");
    await well("api-500s");
  });

  test("OR-04 the API returns 500s: a table was renamed by hand; the runbook says what to do and goes on when it is done", async () => {
    await sql.query("ALTER TABLE incident RENAME TO incident_of_yesterday");
    const { first } = await named("postgres.table-missing");
    expect(first.evidence[0]).toBe("missing tables: incident");
    const stopped = await runbook("run", "api-500s");
    expect(stopped.exitCode).toBe(21);
    expect(stopped.view.note).toMatch(
      /^fits \(3\.3\): .* names the table\. Take back what was done by hand .* ttt runbook resume /,
    );
    await sql.query("ALTER TABLE incident_of_yesterday RENAME TO incident");
    const resumed = await runbook("resume");
    expect(resumed.exitCode, resumed.said).toBe(0);
    await well("api-500s");
  });

  test("OR-04 the dashboard shows no metrics: Prometheus looks for the API where it is not", async () => {
    const [file] = globSync(join(stack.home, "metrics", "api*.json"));
    const target = readFileSync(file!, "utf8");
    writeFileSync(file!, target.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1"));
    const { first } = await named("scrape.broken", (evidence) => evidence.includes("Prometheus sees as down: api"));
    expect(first).toMatchObject({
      symptom: "no-metrics",
      fix: { command: "ttt runbook run no-metrics --section 3.1 --set instance=api" },
    });
    expect(first.evidence[0]).toMatch(/^api at 127\.0\.0\.1:1: .*ECONNREFUSED|bad port/);
    const { exitCode, said } = await runbook("run", "no-metrics");
    expect(exitCode, said).toBe(0);
    await until(
      "Prometheus to see the API again",
      async () => (await prometheus.query('up{job="ttt",service="api"} == 1')).length === 1,
    );
  });

  test("OR-04 workers crash on start-up: a variable is missing", async () => {
    configure(proxy.port, { amqp: false });
    const snapshot = JSON.parse(readFileSync(join(stack.home, "run", "worker-1.json"), "utf8")) as { pid: number };
    process.kill(snapshot.pid, "SIGKILL");
    const { first } = await named("configuration.unusable", (evidence) => evidence.includes("worker-1 ended with 10"));
    expect(first).toMatchObject({
      symptom: "worker-crash",
      certainty: "certain",
      fix: { runbook: "worker-crash", section: "2" },
    });
    expect(first.evidence[0]).toBe("missing: AMQP_URL");
    // What looks and what stops works all the same.
    expect((await stack.ttt("status")).stdout).toMatch(/^worker-1 +failed/m);
    const kill = await stack.ttt("kill", "--reason", "to be safe", "--ack-timeout", "0", "--json");
    expect(kill.stderr).toContain("Left out: Some service addresses are set, but not all of them.");
    const { verdict, doubts, stores } = kill.json().data as KillReport;
    expect(verdict).not.toBe("verified");
    expect(doubts.join("\n")).toContain("missing: AMQP_URL");
    expect(stores.flatMap(({ store, accepted }) => (accepted ? [store] : []))).toEqual(
      expect.arrayContaining(["postgres", "redis", "file"]),
    );
    expect((await stack.ttt("arm", "--reason", "too soon")).exitCode).toBe(10);
    const stopped = await runbook("run", "worker-crash");
    expect(stopped.exitCode).toBe(21);
    expect(stopped.view.note).toContain("Put it into `conf/secrets.env`");
    expect(stepOf(stopped.view, "configuration")?.output).toContain("missing: AMQP_URL");

    configure(proxy.port, { amqp: true });
    const resumed = await runbook("resume");
    expect(resumed.exitCode, resumed.said).toBe(0);
    await well("worker-crash");
    const armed = await stack.ttt("arm", "--reason", "mended", "--patience", "30");
    expect(armed.exitCode, armed.stderr).toBe(0);
  });

  test("OR-04 high latency: PostgreSQL is on a slow way", async () => {
    proxy.delayMs = 120;
    const { first, causes } = await named("postgres.slow");
    expect(first).toMatchObject({
      symptom: "high-latency",
      certainty: "certain",
      fix: { runbook: "high-latency", section: "3.1" },
    });
    const [, best] = /takes (\d+) ms for the simplest question/.exec(first.title) ?? [];
    expect(Number(best)).toBeGreaterThanOrEqual(240);
    // Redis and RabbitMQ are not on that way, and are not named.
    expect(causes.map(({ id }) => id)).not.toContain("redis.slow");
    const stopped = await runbook("run", "high-latency");
    expect(stopped.exitCode).toBe(21);
    expect(stopped.view.note).toMatch(/^stores \(3\.1\): .*put the address of a replica/);

    configure(Number(database.port), { amqp: true });
    const resumed = await runbook("resume");
    expect(resumed.exitCode, resumed.said).toBe(0);
    expect(stepOf(resumed.view, "take-up")?.state).toBe("done");
    await well("high-latency");
    proxy.delayMs = 0;
  });

  test("OR-04 Redis memory above 80 %: somebody filled it", async () => {
    const value = "x".repeat(100_000);
    const fill = Array.from({ length: 270 }, (_, index) => `SET junk:load-test:${index} ${value}`).join("\n");
    execFileSync("redis-cli", ["-p", String(redis.port)], { input: fill });
    const { first } = await named("redis.memory");
    expect(first).toMatchObject({
      symptom: "redis-memory",
      certainty: "certain",
      fix: { runbook: "redis-memory", section: "3" },
    });
    expect(first.title).toMatch(/^Redis uses (8[1-9]|9\d|100) % of its memory/);
    expect(first.evidence[1]).toMatch(/^junk:load-test:\*: about (2[5-9]|3\d) MiB in 270 keys$/);

    const keys = (pattern: string) =>
      execFileSync("redis-cli", ["-p", String(redis.port), "keys", pattern], { encoding: "utf8" }).trim();
    for (const pattern of ["tt*", "*kill*"]) {
      const greedy = await runbook("run", "redis-memory", "--section", "3.1", "--set", `pattern=${pattern}`);
      expect(greedy.exitCode).toBe(21);
      expect(greedy.view.note).toContain("would take keys of ttt with it");
      expect(keys("ttt:kill:*")).not.toBe("");
    }
    const { exitCode, view, said } = await runbook("run", "redis-memory", "--set", "pattern=junk:*");
    expect(exitCode, said).toBe(0);
    expect(stepOf(view, "delete")?.state).toBe("done");
    expect(keys("junk:*")).toBe("");
    await well("redis-memory");
  });

  test("OR-02 the limit of Redis is raised, and lowered again by aborting a run that did not help", async () => {
    const limit = () =>
      execFileSync("redis-cli", ["-p", String(redis.port), "config", "get", "maxmemory"], { encoding: "utf8" });
    const before = limit();
    execFileSync("redis-cli", ["-p", String(redis.port)], {
      input: Array.from({ length: 340 }, (_, index) => `SET junk:${index} ${"y".repeat(80_000)}`).join("\n"),
    });
    const stopped = await runbook("run", "redis-memory", "--set", "limit-mb=33");
    expect(stopped.exitCode, stopped.said).toBe(21);
    expect(limit()).not.toBe(before);
    expect((await runbook("abort")).view.state).toBe("aborted");
    expect(limit()).toBe(before);
  });
});
