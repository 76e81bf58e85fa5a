import { messageOf, OperatorError } from "../../core/errors.ts";
import { asOutage } from "./outage.ts";

export interface MigrationReport {
  /** Names of what ran now, in order; empty when there was nothing to do. */
  readonly applied: readonly string[];
}

/** A second host waits this long for the first to finish. */
const LOCK_TIMEOUT_MS = 30_000;

/**
 * Runs the SQL files of `folder` that the database has not seen, in order, in one transaction, under a lock that
 * makes a second runner wait. With `dryRun` only says what would run.
 */
export async function migrate(
  url: string,
  folder: string,
  options: { dryRun?: boolean } = {},
): Promise<MigrationReport> {
  const [{ default: driver }, { runner }] = await Promise.all([import("pg"), import("node-pg-migrate")]);
  const client = new driver.Client({
    connectionString: url,
    application_name: "ttt-migrations",
    connectionTimeoutMillis: 5_000,
    lock_timeout: LOCK_TIMEOUT_MS,
  });
  client.on("error", () => {});
  let current = "";
  const keepName = (line: string) => {
    current = /MIGRATION (\S+) \(UP\)/.exec(line)?.[1] ?? current;
  };
  try {
    await client.connect();
    const applied = await runner({
      dbClient: client,
      dir: folder,
      direction: "up",
      migrationsTable: "schema_migrations",
      // Each module numbers its own range, so a lower number may well arrive after a higher one.
      checkOrder: false,
      advisoryLockMode: "wait",
      dryRun: options.dryRun ?? false,
      logger: { debug() {}, info: keepName, warn() {}, error() {} },
    });
    return { applied: applied.map(({ name }) => name) };
  } catch (error) {
    const known = asOutage(error);
    if (known !== error) throw known;
    throw new OperatorError("The database could not be brought to this version.", {
      exit: "configuration",
      code: "MIGRATION_FAILED",
      found: current === "" ? messageOf(error) : `${current}: ${messageOf(error)}`,
      hint: "Nothing of it was applied: the migration is one transaction.",
      cause: error,
    });
  } finally {
    await client.end().catch(() => {});
  }
}
