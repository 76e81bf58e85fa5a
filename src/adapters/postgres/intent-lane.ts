import { randomUUID } from "node:crypto";
import { OutageError } from "../../core/errors.ts";
import { COMMIT_INTENTS } from "./order-sql.ts";
import { openPostgres, type Postgres, type PostgresOptions, type Sql } from "./postgres.ts";

/** As many partitions of a worker commit at once; each keeps a connection open, so few. */
const LANES = 4;

/** Nobody else waits for this: it is undone. */
class Undone extends Error {}

/**
 * Connections for nothing but the commits of intents. An order must not wait for a login, for another statement's turn,
 * or for a server process that sees the admission for the first time (tens of milliseconds): so they stay open, and each
 * has rehearsed a commit before this resolves. A server that is away now is met cold at the first order instead.
 */
export async function openIntentLane(url: string, options: PostgresOptions = {}): Promise<Postgres> {
  const lane = await openPostgres(url, { ...options, maxConnections: LANES, keepsIdle: true });
  // All at once, so that every one of them has a connection of its own.
  const rehearsals = await Promise.allSettled(Array.from({ length: LANES }, () => rehearse(lane)));
  for (const outcome of rehearsals) {
    if (outcome.status === "fulfilled" || outcome.reason instanceof OutageError) continue;
    await lane.close();
    throw outcome.reason;
  }
  return lane;
}

/** Commits an intent of nobody's in a transaction that is rolled back: nobody sees it, and no lock is anyone else's. */
async function rehearse(lane: Postgres): Promise<void> {
  const work = async (sql: Sql) => {
    const partition = `rehearsal-${randomUUID()}`;
    const [venue, account] = ["rehearsal", partition];
    await sql.execute(
      `INSERT INTO lease (partition, token, holder, acquired_at, renewed_at, expires_at)
       VALUES ($1, 1, $1, clock_timestamp(), clock_timestamp(), clock_timestamp())`,
      [partition],
    );
    const intent = {
      ...{ client_order_id: partition, sequence: 1, epoch: 0, strategy: "rehearsal", account, venue },
      ...{ instrument: "rehearsal", origin: "rehearsal", side: "buy", kind: "market", quantity: "1" },
      ...{ time_in_force: "ioc", reduce_only: false, body: {}, decision: {}, lots: 1, notional: 1, cash: 1 },
      ...{ reducing: false, paced: true },
    };
    const none = { position: 0, buys: 0, sells: 0 };
    const admission = {
      ...{ venue, account, pace: { perSecond: 1, burst: 1, perDay: 1 }, venuePace: null },
      ...{ own: { rehearsal: none }, openOrders: 0, openNotional: 0, freeCash: 1, openCash: 0, cashAgeMs: 0 },
    };
    await sql.query(COMMIT_INTENTS, [partition, 1, partition, JSON.stringify([intent]), JSON.stringify(admission)]);
    throw new Undone();
  };
  await lane.transaction(work).catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
}
