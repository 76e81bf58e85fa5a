import type { Cancel } from "../../core/clock.ts";
import type {
  DeskDenials,
  DeskFill,
  DeskLevel,
  DeskOrder,
  DeskPosition,
  DeskReading,
  DeskWorker,
  TradingDesk,
} from "../../ports/trading-desk.ts";
import { parseLevel } from "../../trading/level.ts";
import { parseScope } from "../../trading/scope.ts";
import type { Postgres } from "./postgres.ts";

/** Told by the statement that changes a level. Workers acknowledge twice a second: that is for the next reading. */
const CHANNEL = "ttt_trading_level";
/** More would not be looked at, and a runaway strategy must not drown its watcher. */
const MOST_ORDERS = 500;
const MOST_POSITIONS = 1_000;
const MOST_DENIALS = 5;

const LEVELS = `
  SELECT scope, level, epoch, actor, reason, ${millis("changed_at")} AS since,
         (SELECT epoch FROM trading_epoch) AS current
  FROM trading_level ORDER BY scope <> 'global', scope`;
const WORKERS = `
  SELECT worker, epoch, partitions, ${millis("permit_until")} AS permit_until, orders_open, orders_covered,
         greatest(0, covered_within_ms - extract(epoch FROM clock_timestamp() - acked_at) * 1000) AS covered_within_ms
  FROM worker_ack ORDER BY worker`;
const POSITIONS = `
  SELECT p.instrument, p.venue, p.strategy, p.quantity::text, p.average_price::text, p.realised::text, p.fees::text,
         CASE WHEN p.quantity <> 0 THEN m.price::text END AS mark,
         CASE WHEN p.quantity <> 0 THEN (p.quantity * (m.price - p.average_price) * m.multiplier)::text END AS unrealised
  FROM position p LEFT JOIN mark m ON m.venue = p.venue AND m.instrument = p.instrument
  ORDER BY p.quantity = 0, p.instrument, p.strategy LIMIT ${MOST_POSITIONS}`;
const ORDERS = `
  SELECT client_order_id, instrument, venue, strategy, side, kind, quantity::text, filled::text,
         coalesce(limit_price, stop_price)::text AS price, state, ${millis("created_at")} AS at
  FROM order_intent WHERE state NOT IN ('denied', 'rejected', 'filled', 'canceled', 'expired')
  ORDER BY created_at LIMIT ${MOST_ORDERS}`;
const FILLS = `
  SELECT venue_fill_id, instrument, venue, strategy, side, quantity::text, price::text, fee::text,
         ${millis("booked_at")} AS at
  FROM fill ORDER BY booked_at DESC LIMIT $1`;
const DENIALS = `
  SELECT partition, code, count(*)::int AS count FROM order_denial WHERE at > now() - interval '1 minute'
  GROUP BY partition, code ORDER BY count DESC LIMIT ${MOST_DENIALS}`;
/** One statement is one snapshot and one round trip: a desk is read every second for as long as somebody looks at it. */
const READING = `SELECT ${Object.entries({ LEVELS, WORKERS, POSITIONS, ORDERS, FILLS, DENIALS })
  .map(([name, query]) => `(SELECT coalesce(json_agg(t), '[]') FROM (${query}) t) AS ${name.toLowerCase()}`)
  .join(", ")}`;

interface LevelRow {
  readonly scope: string;
  readonly level: string;
  readonly epoch: number;
  readonly actor: string;
  readonly reason: string;
  readonly since: number;
  readonly current: number;
}

interface WorkerRow {
  readonly worker: string;
  readonly epoch: number;
  readonly partitions: string[];
  readonly permit_until: number;
  readonly orders_open: number;
  readonly orders_covered: number;
  readonly covered_within_ms: number | null;
}

interface OwnedRow {
  readonly instrument: string;
  readonly venue: string;
  readonly strategy: string;
  readonly quantity: string;
}

interface PositionRow extends OwnedRow {
  readonly average_price: string | null;
  readonly mark: string | null;
  readonly unrealised: string | null;
  readonly realised: string;
  readonly fees: string;
}

interface OrderRow extends OwnedRow {
  readonly client_order_id: string;
  readonly side: DeskOrder["side"];
  readonly kind: DeskOrder["type"];
  readonly filled: string;
  readonly price: string | null;
  readonly state: DeskOrder["state"];
  readonly at: number;
}

interface ReadingRow {
  readonly levels: readonly LevelRow[];
  readonly workers: readonly WorkerRow[];
  readonly positions: readonly PositionRow[];
  readonly orders: readonly OrderRow[];
  readonly fills: readonly FillRow[];
  readonly denials: readonly DeskDenials[];
}

interface FillRow extends OwnedRow {
  readonly venue_fill_id: string;
  readonly side: DeskFill["side"];
  readonly price: string;
  readonly fee: string;
  readonly at: number;
}

/** The record of trading as its tables show it, all of one reading from one snapshot of the database. */
export class PostgresTradingDesk implements TradingDesk {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  async read(fills: number): Promise<DeskReading> {
    const [row] = await this.#postgres.query<ReadingRow>(READING, [fills]);
    const { levels, workers, positions, orders, fills: newest, denials } = row!;
    return {
      epoch: levels[0]?.current ?? 0,
      levels: levels.map(toLevel),
      workers: workers.map(toWorker),
      positions: positions.map(toPosition),
      orders: orders.map(toOrder),
      fills: newest.map(toFill),
      denials,
    };
  }

  onChange(listener: () => void): Promise<Cancel> {
    return this.#postgres.listen(CHANNEL, listener, listener);
  }
}

/** A scope that this build does not know still blocks somebody: it is shown as the widest. */
function toLevel({ scope, level, epoch, since, actor, reason }: LevelRow): DeskLevel {
  return { scope: parseScope(scope) ?? "global", level: parseLevel(level), epoch, since, by: actor, reason };
}

function toWorker({ worker, epoch, partitions, permit_until, ...orders }: WorkerRow): DeskWorker {
  const { orders_open: open, orders_covered: covered, covered_within_ms: withinMs } = orders;
  const atVenue = { open, covered, withinMs: withinMs ?? undefined };
  return { instance: worker, epoch, partitions, permitUntil: permit_until, atVenue };
}

function toPosition({ average_price, fees, mark, unrealised, ...row }: PositionRow): DeskPosition {
  return {
    ...row,
    commission: fees,
    ...(average_price !== null && { averagePrice: average_price }),
    ...(mark !== null && { mark }),
    ...(unrealised !== null && { unrealised }),
  };
}

function toOrder({ client_order_id, kind, price, ...row }: OrderRow): DeskOrder {
  return { ...row, id: client_order_id, type: kind, ...(price !== null && { price }) };
}

function toFill({ venue_fill_id, fee, ...row }: FillRow): DeskFill {
  return { ...row, id: venue_fill_id, commission: fee };
}

function millis(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::float8`;
}
