import type pg from "pg";
import { messageOf, OperatorError } from "../../core/errors.ts";
import { readMigrationFiles } from "./migration-files.ts";
import { asOutage } from "./outage.ts";

export interface MigrationReport {
  /** Names of what ran now, in order; empty when there was nothing to do. */
  readonly applied: readonly string[];
}

export interface MigrateOptions {
  /** How long to wait for another host that migrates. */
  readonly waitMs?: number;
  /** Sees what will run, with the lock held; throws to refuse it. */
  readonly permit?: (pending: readonly string[]) => Promise<void>;
}

/** The lock of every version of ttt, and of node-pg-migrate itself. */
const LOCK = "7241865325823964";
const TABLE = "schema_migrations";
/** A second host waits this long for the first to finish, unless told otherwise. */
const WAIT_MS = 30_000;
/** So long a statement may wait for a table that is in use, and whoever comes after it waits behind it. */
const LOCK_TIMEOUT_MS = 30_000;
const LOCK_NOT_AVAILABLE = "55P03";

/**
 * Runs the SQL files of `folder` that the database has not seen, in order, in one transaction, under a lock that
 * makes a second runner wait. Throws MIGRATION_LOCKED when the other one takes too long.
 */
export async function migrate(url: string, folder: string, options: MigrateOptions = {}): Promise<MigrationReport> {
  const [{ default: driver }, { runner }] = await Promise.all([import("pg"), import("node-pg-migrate")]);
  const client = new driver.Client({
    connectionString: url,
    application_name: "ttt-migrations",
    connectionTimeoutMillis: 5_000,
  });
  client.on("error", () => {});
  const brought = readMigrationFiles(folder).map(({ name }) => name);
  let current = "";
  const keepName = (line: string) => {
    current = /MIGRATION (\S+) \(UP\)/.exec(line)?.[1] ?? current;
  };
  try {
    await client.connect();
    await takeLock(client, options.waitMs ?? WAIT_MS);
    await client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await options.permit?.(await pendingOf(client, brought));
    const applied = await runner({
      dbClient: client,
      dir: folder,
      direction: "up",
      migrationsTable: TABLE,
      // Each module numbers its own range, so a lower number may well arrive after a higher one.
      checkOrder: false,
      // Not the library's own default: that is one transaction for each.
      singleTransaction: true,
      // It is held already, and ends with the connection.
      noLock: true,
      logger: { debug() {}, info: keepName, warn() {}, error() {} },
    });
    return { applied: applied.map(({ name }) => name) };
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const known = asOutage(error);
    if (known !== error) throw known;
    const found = current === "" ? messageOf(error) : `${current}: ${messageOf(error)}`;
    throw isLockTimeout(error) ? blocked(found, error) : failed(found, error);
  } finally {
    await client.end().catch(() => {});
  }
}

async function takeLock(client: pg.Client, waitMs: number): Promise<void> {
  if (waitMs === 0) {
    const { rows } = await client.query<{ held: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS held`);
    if (rows[0]?.held !== true) throw locked("it is at work now");
    return;
  }
  await client.query(`SET lock_timeout = ${Math.ceil(waitMs)}`);
  try {
    await client.query(`SELECT pg_advisory_lock(${LOCK})`);
  } catch (error) {
    throw isLockTimeout(error) ? locked(`still at work after ${waitMs / 1000} s`, error) : error;
  }
}

async function pendingOf(client: pg.Client, brought: readonly string[]): Promise<readonly string[]> {
  const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('${TABLE}') IS NOT NULL AS there`);
  if (rows[0]?.there !== true) return brought;
  const applied = await client.query<{ name: string }>(`SELECT name FROM ${TABLE}`);
  const known = new Set(applied.rows.map(({ name }) => name));
  return brought.filter((name) => !known.has(name));
}

const isLockTimeout = (error: unknown) =>
  error instanceof Error && "code" in error && error.code === LOCK_NOT_AVAILABLE;

const locked = (found: string, cause?: unknown) =>
  new OperatorError("Another one migrates this database.", {
    exit: "conflict",
    code: "MIGRATION_LOCKED",
    expected: "the lock of the migrations",
    found,
    hint: "ttt db status shows how far it is; a longer --timeout waits for it",
    retryable: true,
    cause,
  });

const blocked = (found: string, cause: unknown) =>
  new OperatorError("A table that the migration changes is in use.", {
    exit: "conflict",
    code: "MIGRATION_BLOCKED",
    expected: `each table free within ${LOCK_TIMEOUT_MS / 1000} s`,
    found,
    hint: "ttt doctor names the session that holds it. Nothing was applied.",
    retryable: true,
    cause,
  });

const failed = (found: string, cause: unknown) =>
  new OperatorError("The database could not be brought to this version.", {
    exit: "configuration",
    code: "MIGRATION_FAILED",
    found,
    hint: "Nothing of it was applied: the migration is one transaction.",
    cause,
  });
