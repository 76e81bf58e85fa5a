import { Socket } from "node:net";
import type pg from "pg";
import type { Cancel } from "../../core/clock.ts";
import { type SpanOptions, span, traceparent } from "../../core/trace.ts";
import { type Channels, openChannels } from "./channels.ts";
import { asOutage } from "./outage.ts";

/** A statement that each connection parses and plans once, because orders wait for it. The name is its own. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}

/** Where statements can be run: the pool, or one transaction. */
export interface Sql {
  /** The rows. Connection failures are OutageErrors; the server's own errors keep their SQLSTATE in `code`. */
  query<R extends object = Record<string, unknown>>(
    statement: string | Prepared,
    values?: readonly unknown[],
  ): Promise<R[]>;
  /** How many rows an INSERT, UPDATE or DELETE touched. */
  execute(text: string, values?: readonly unknown[]): Promise<number>;
}

export interface Postgres extends Sql {
  /** Commits when `work` resolves, rolls back when it throws. The connection is its own until then. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /**
   * Calls `onNotice` for every NOTIFY. The connection is restored by itself; `onGap` then tells that notices
   * may have been missed, and that the listener should look for itself.
   */
  listen(channel: string, onNotice: (payload: string) => void, onGap?: () => void): Promise<Cancel>;
  notify(channel: string, payload: string): Promise<void>;
  close(): Promise<void>;
}

export interface PostgresOptions {
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  readonly maxConnections?: number;
  /** Connections that nobody uses stay open; else they are closed after ten seconds. */
  readonly keepsIdle?: boolean;
  readonly connectTimeoutMs?: number;
  /** The server ends a statement that runs longer. 0: never. */
  readonly statementTimeoutMs?: number;
  /** How long closing waits for what is under way: then connections are broken, and keep no process from ending. */
  readonly goodbyeMs?: number;
}

const INT8 = 20;
/** What is under way when a pool is closed may take so long to end: longer than that, a server stands still. */
const GOODBYE_MS = 5_000;

/** Opens a pool. It connects at first use: a server that is down is an OutageError of the first query. */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<Postgres> {
  const { default: driver } = await import("pg");
  const sockets = new Set<Socket>();
  const settings: pg.PoolConfig = {
    connectionString: url,
    application_name: options.applicationName ?? "ttt",
    max: options.maxConnections ?? 8,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    ...(options.keepsIdle && { idleTimeoutMillis: 0 }),
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    // A server that stands still ends nothing: then the client does.
    query_timeout: (options.statementTimeoutMs ?? 30_000) === 0 ? 0 : (options.statementTimeoutMs ?? 30_000) + 1_000,
    keepAlive: true,
    stream: () => {
      const socket = new Socket();
      sockets.add(socket);
      return socket.once("close", () => sockets.delete(socket));
    },
    types: { getTypeParser: (id, format) => (id === INT8 ? safeInteger : driver.types.getTypeParser(id, format)) },
  };
  const pool = new driver.Pool(settings);
  // An idle connection that breaks is replaced at the next use: nothing to do, but it must not end the process.
  pool.on("error", () => {});
  let channels: Channels | undefined;
  let closing: Promise<void> | undefined;

  const sql = sqlOver(pool);
  return {
    ...sql,
    transaction: (work) => transaction(pool, work),
    async listen(channel, onNotice, onGap) {
      channels ??= openChannels(() => new driver.Client({ ...settings, statement_timeout: 0, query_timeout: 0 }));
      return channels.listen(channel, onNotice, onGap);
    },
    notify: async (channel, payload) => {
      await sql.query("SELECT pg_notify($1, $2)", [channel, payload]);
    },
    close() {
      closing ??= new Promise((resolve, reject) => {
        Promise.all([channels?.close(), pool.end()]).then(() => resolve(), reject);
        // Nothing waits for this alone: only a connection that is still there does.
        setTimeout(() => {
          for (const socket of sockets) socket.destroy();
          resolve();
        }, options.goodbyeMs ?? GOODBYE_MS).unref();
      });
      return closing;
    },
  };
}

function sqlOver(client: pg.Pool | pg.PoolClient): Sql {
  const ask = async (statement: string | Prepared, values: readonly unknown[] = []) => {
    try {
      const config = typeof statement === "string" ? { text: statement } : statement;
      return await client.query({ ...config, values: [...values] });
    } catch (error) {
      throw asOutage(error);
    }
  };
  // Only as part of something: what a daemon asks twice a second by itself is no trace.
  const run: typeof ask = (statement, values) => {
    if (traceparent() === undefined) return ask(statement, values);
    const text = typeof statement === "string" ? statement : statement.text;
    return span(`postgres ${verbOf(text)}`, spanOf(text), () => ask(statement, values));
  };
  return {
    query: async <R extends object>(statement: string | Prepared, values?: readonly unknown[]) =>
      (await run(statement, values)).rows as R[],
    execute: async (text, values) => (await run(text, values)).rowCount ?? 0,
  };
}

const verbOf = (text: string) => /\w+/.exec(text)?.[0].toUpperCase() ?? "";

/** The text of a statement holds no values: they travel beside it. */
const spanOf = (text: string): SpanOptions => ({
  kind: "client",
  attributes: { "db.system.name": "postgresql", "db.query.text": text.replaceAll(/\s+/g, " ").trim().slice(0, 500) },
});

async function transaction<T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>): Promise<T> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw asOutage(error);
  }
  let broken: Error | undefined;
  // A checked-out client emits its own errors; without a listener they would end the process.
  const onError = (error: Error) => {
    broken = error;
  };
  client.on("error", onError);
  const sql = sqlOver(client);
  try {
    await sql.query("BEGIN");
    const result = await work(sql);
    await sql.query("COMMIT");
    return result;
  } catch (error) {
    await sql.query("ROLLBACK").catch((rollbackError: Error) => {
      broken ??= rollbackError;
    });
    throw error;
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}

/** Counters and epochs are 64-bit; one beyond 2^53 would silently be another number. */
function safeInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${text} does not fit a safe integer`);
  return number;
}
