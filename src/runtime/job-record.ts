import { postgresJobStore } from "../adapters/postgres/postgres-job-store.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./database.ts";

/** The jobs and their results, to look at. Rejects when the stack was never started. */
export async function openJobRecord(config: Config) {
  const postgres = await openDatabase(config, {
    applicationName: "ttt console jobs",
    maxConnections: 1,
    connectTimeoutMs: 2_000,
    statementTimeoutMs: 5_000,
  });
  return { jobs: postgresJobStore(postgres), close: () => postgres.close() };
}
