import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hashOfBars } from "../../src/adapters/files/bar-hash.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { runSpecSchema } from "../../src/backtest/run-spec.ts";
import { sharedBarsRef } from "../../src/backtest/shared-bars.ts";
import { packageRoot } from "../../src/runtime/package-root.ts";
import { startBacktester, type TestBacktester } from "../support/backtester.ts";
import { livelyBars } from "../support/market-bars.ts";
import { type PostgresServer, startPostgresServer } from "../support/servers/postgres-server.ts";
import { until } from "../support/until.ts";

const columns = livelyBars(400);
const hash = hashOfBars(columns);
const spec = runSpecSchema.parse({
  strategy: "sma-cross",
  data: [{ ref: sharedBarsRef({ hash, synthetic: true }), symbol: "BTC" }],
});

describe("PostgreSQL dies under a backtester", () => {
  let server: PostgresServer;
  let backtester: TestBacktester;

  beforeEach(async () => {
    server = await startPostgresServer();
    await migrate(server.url("postgres"), `${packageRoot()}/src/adapters/postgres/migrations`);
    backtester = await startBacktester(server.url("postgres"));
    await backtester.vault.put(hash, { columns, name: "test" });
  });
  afterEach(async () => {
    await backtester.close();
    await server.remove();
  });

  const submit = async (key: string) => {
    const { job } = await backtester.jobs.submit({ kind: "backtest", key, spec, submittedBy: "test" });
    return job.id;
  };
  const said = (text: string) => backtester.log.lines.some((line) => line.includes(text));
  const document = (id: string) => backtester.jobs.document(id, "report.json");

  test("while the result is being stored: nothing is half-written, and the result is stored when it is back", async () => {
    // A lock of our own holds the store's transaction open until the server is gone.
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let locked = () => {};
    const isLocked = new Promise<void>((resolve) => {
      locked = resolve;
    });
    const holder = backtester.database.transaction(async (sql) => {
      await sql.query("LOCK TABLE job_document IN ACCESS EXCLUSIVE MODE");
      locked();
      await held;
    });
    holder.catch(() => {});
    await isLocked;
    const id = await submit("stored");
    await backtester.queue.ring();
    await until("the store to wait", async () => {
      const [row] = await backtester.database.query<{ count: number }>(
        "SELECT count(*) AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT INTO job_document%'",
      );
      return row!.count > 0;
    });
    await server.stop("SIGKILL");
    await until("a clear word about it", () => said("the result could not be stored yet"));
    release();
    await server.start();
    const job = await until("the success", async () => {
      const now = await backtester.jobs.find(id).catch(() => undefined);
      return now?.state === "succeeded" && now;
    });
    expect(job.attempts).toBe(1);
    expect((await document(id))!.bytes.length).toBeGreaterThan(100);
  });

  test("while it is idle: it goes on by itself when the server is back", async () => {
    await server.stop("SIGKILL");
    await until("a clear word about it", () => said("the job store does not answer"));
    await server.start();
    const id = await until("a submission", () => submit("later").catch(() => undefined));
    await until("the success", async () => (await backtester.jobs.find(id))?.state === "succeeded");
    await until("a word that it is over", () => said("the job store answers again"));
  });
});
