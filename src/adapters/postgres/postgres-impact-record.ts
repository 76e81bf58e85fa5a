import type { InstrumentImpact, MarketImpact } from "../../ops/incident/market-impact.ts";
import type { ImpactRecord } from "../../ports/impact-record.ts";
import type { Postgres } from "./postgres.ts";

/** More instruments than this are a table nobody reads; the totals count them all. */
const MOST_INSTRUMENTS = 50;

const span = (column: string) =>
  `${column} >= to_timestamp($1::float8 / 1000) AND ${column} <= to_timestamp($2::float8 / 1000)`;

const TOTALS = `
  SELECT
    (SELECT count(*) FROM order_intent WHERE ${span("created_at")}) AS orders,
    (SELECT count(*) FROM order_denial WHERE ${span("at")}) AS denied,
    (SELECT count(*) FROM order_intent WHERE state = 'rejected' AND ${span("updated_at")}) AS rejected,
    count(*) AS fills, coalesce(sum(quantity * price), 0)::text AS turnover, coalesce(sum(fee), 0)::text AS commission,
    coalesce(sum(CASE WHEN side = 'sell' THEN quantity * price ELSE -quantity * price END - fee), 0)::text AS cash
  FROM fill WHERE ${span("booked_at")}`;

/** Positions are the sums of all fills up to a moment; profit is the cash moved plus what the change of position is worth. */
const BY_INSTRUMENT = `
  WITH inside AS (
    SELECT instrument, count(*) AS fills,
      coalesce(sum(quantity) FILTER (WHERE side = 'buy'), 0) AS bought,
      coalesce(sum(quantity) FILTER (WHERE side = 'sell'), 0) AS sold,
      sum(CASE WHEN side = 'sell' THEN quantity * price ELSE -quantity * price END - fee) AS cash,
      (array_agg(price ORDER BY booked_at, venue_fill_id))[1] AS first_price,
      (array_agg(price ORDER BY booked_at DESC, venue_fill_id DESC))[1] AS last_price
    FROM fill WHERE ${span("booked_at")} GROUP BY instrument
  ), held AS (
    SELECT instrument, sum(CASE WHEN side = 'buy' THEN quantity ELSE -quantity END) AS before
    FROM fill WHERE booked_at < to_timestamp($1::float8 / 1000)
      AND instrument IN (SELECT instrument FROM inside) GROUP BY instrument
  )
  SELECT instrument, fills, bought::text, sold::text, first_price::text AS "firstPrice", last_price::text AS "lastPrice",
    trim_scale(coalesce(before, 0))::text AS "positionBefore",
    trim_scale(coalesce(before, 0) + bought - sold)::text AS "positionAfter",
    round(cash + (coalesce(before, 0) + bought - sold) * last_price - coalesce(before, 0) * first_price, 2)::text AS profit
  FROM inside LEFT JOIN held USING (instrument) ORDER BY instrument LIMIT ${MOST_INSTRUMENTS}`;

type Totals = Omit<MarketImpact, "from" | "to" | "instruments">;

export class PostgresImpactRecord implements ImpactRecord {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  impact(from: number, to: number): Promise<MarketImpact> {
    return this.#postgres.transaction(async (sql) => {
      await sql.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
      const [totals] = await sql.query<Totals>(TOTALS, [from, to]);
      const instruments = await sql.query<InstrumentImpact>(BY_INSTRUMENT, [from, to]);
      return { from, to, ...totals!, instruments };
    });
  }
}
