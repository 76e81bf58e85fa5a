import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseFacts, WaitingSession } from "../../ops/doctor/facts.ts";
import { openPostgres, type Postgres } from "./postgres.ts";

const QUESTIONS = 5;
const MOST_ROWS = 10;
/** A statement that runs longer than this is worth a look. */
const LONG_STATEMENT_S = 30;

/** Looks at the stack's database, with one connection and without changing anything. */
export async function checkUpPostgres(url: string, migrationsFolder: string): Promise<DatabaseFacts> {
  const limits = { maxConnections: 1, connectTimeoutMs: 4_000, statementTimeoutMs: 3_000 };
  const postgres = await openPostgres(url, { applicationName: "ttt doctor", ...limits });
  try {
    await postgres.query("SELECT 1");
    const roundTripsMs: number[] = [];
    for (let question = 0; question < QUESTIONS; question++) {
      const asked = performance.now();
      await postgres.query("SELECT 1");
      roundTripsMs.push(performance.now() - asked);
    }
    return { roundTripsMs, ...(await schema(postgres, migrationsFolder)), ...(await sessions(postgres)) };
  } finally {
    await postgres.close();
  }
}

async function schema(postgres: Postgres, folder: string): Promise<Pick<DatabaseFacts, "pending" | "missingTables">> {
  const tables = await postgres.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  const there = new Set(tables.map(({ name }) => name));
  const applied = there.has("schema_migrations")
    ? await postgres.query<{ name: string }>("SELECT name FROM schema_migrations")
    : [];
  const known = new Set(applied.map(({ name }) => name));
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort();
  const names = files.map((file) => file.slice(0, -".sql".length));
  const expected = names.filter((name) => known.has(name)).flatMap((name) => tablesMadeBy(join(folder, `${name}.sql`)));
  return {
    pending: names.filter((name) => !known.has(name)),
    missingTables: expected.filter((name) => !there.has(name)),
  };
}

/** The tables that the forward half of a migration makes. */
function tablesMadeBy(path: string): string[] {
  const [forward = ""] = readFileSync(path, "utf8").split(/^-- *Down Migration/im);
  return [...forward.matchAll(/^CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(\w+)/gim)].map(([, name]) => name!);
}

async function sessions(postgres: Postgres): Promise<Pick<DatabaseFacts, "connections" | "waiting" | "slow">> {
  const [connections] = await postgres.query<{ used: number; most: number }>(
    `SELECT count(*)::int AS used, current_setting('max_connections')::int AS most FROM pg_stat_activity WHERE backend_type = 'client backend'`,
  );
  const waiting = await postgres.query<WaitingRow>(
    `SELECT w.pid, extract(epoch FROM now() - w.query_start)::float8 AS seconds, left(w.query, 120) AS statement,
       b.pid AS by_pid, b.application_name AS by_program, b.state AS by_state, left(b.query, 120) AS by_statement
     FROM pg_stat_activity w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS blocking(pid)
     JOIN pg_stat_activity b ON b.pid = blocking.pid
     WHERE w.datname = current_database() ORDER BY seconds DESC LIMIT ${MOST_ROWS}`,
  );
  const slow = await postgres.query<{ pid: number; seconds: number; program: string; statement: string }>(
    `SELECT pid, extract(epoch FROM now() - query_start)::float8 AS seconds, application_name AS program, left(query, 120) AS statement
     FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND cardinality(pg_blocking_pids(pid)) = 0
       AND backend_type = 'client backend' AND now() - query_start > make_interval(secs => ${LONG_STATEMENT_S})
     ORDER BY seconds DESC LIMIT ${MOST_ROWS}`,
  );
  return {
    connections: { used: connections?.used ?? 0, limit: connections?.most ?? 1 },
    waiting: waiting.map(waitingSession),
    slow: slow.map((row) => ({ ...row, statement: oneLine(row.statement) })),
  };
}

interface WaitingRow {
  readonly pid: number;
  readonly seconds: number;
  readonly statement: string;
  readonly by_pid: number;
  readonly by_program: string;
  readonly by_state: string | null;
  readonly by_statement: string;
}

function waitingSession(row: WaitingRow): WaitingSession {
  const { pid, seconds, statement } = row;
  const blocker = {
    pid: row.by_pid,
    program: row.by_program,
    state: row.by_state ?? "",
    statement: oneLine(row.by_statement),
  };
  return { pid, seconds, statement: oneLine(statement), blocker };
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim();
