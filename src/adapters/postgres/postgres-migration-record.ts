import type { AppliedMigration } from "../../ops/migration.ts";
import type { DatabaseUser } from "../../ports/migration-desk.ts";
import { LEASE_GUARD_MS } from "../../trading/lease.ts";
import type { Sql } from "./postgres.ts";

/** What the database says it has taken; nothing when it was never migrated. */
export async function appliedMigrations(sql: Sql): Promise<readonly AppliedMigration[]> {
  if (!(await hasTable(sql, "schema_migrations"))) return [];
  // The column has no zone: it was written in the session's.
  return sql.query<{ name: string; at: number }>(
    `SELECT name, (extract(epoch FROM run_on AT TIME ZONE current_setting('TimeZone')) * 1000)::float8 AS at
     FROM schema_migrations ORDER BY id`,
  );
}

/** The workers that may still send, on whichever host: their confirmations say which build they run. */
export async function workersAtWork(sql: Sql): Promise<readonly DatabaseUser[]> {
  if (!(await hasTable(sql, "worker_ack"))) return [];
  return sql.query<{ name: string; build: string }>(
    `SELECT worker AS name, build_hash AS build FROM worker_ack
     WHERE permit_until > clock_timestamp() - $1 * interval '1 ms' ORDER BY worker`,
    [LEASE_GUARD_MS],
  );
}

/** Under this name a daemon is connected, so that others see which build it runs, from whichever host. */
export const programName = (instance: string, build: string): string => `ttt ${instance} build ${build}`;

/** The daemons that are connected now, on whichever host: their connections say which build they run. */
export async function daemonsConnected(sql: Sql): Promise<readonly DatabaseUser[]> {
  const rows = await sql.query<{ name: string }>(
    "SELECT DISTINCT application_name AS name FROM pg_stat_activity WHERE datname = current_database() ORDER BY 1",
  );
  return rows.flatMap(({ name: program }) => {
    const [, name, build] = /^ttt (\S+) build (\S+)$/.exec(program) ?? [];
    return name !== undefined && build !== undefined ? [{ name: name.replace(/\+\d+$/, ""), build }] : [];
  });
}

async function hasTable(sql: Sql, name: string): Promise<boolean> {
  const [row] = await sql.query<{ there: boolean }>("SELECT to_regclass($1) IS NOT NULL AS there", [name]);
  return row?.there ?? false;
}
