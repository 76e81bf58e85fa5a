// The statements of the order store. Each write is one statement, so it is whole or not at all, and one round trip;
// each begins by locking the lease's key for reading: no take-over, which changes the token, can come between the check
// and the write, and no renewal waits or is waited for.

import type { Prepared } from "./postgres.ts";

const HELD = "held AS (SELECT 1 FROM lease WHERE partition = $1 AND token = $2 FOR KEY SHARE)";

/** Unless the token is current nothing is written; what the account has no room for is written as denied (RC-04). */
export const COMMIT_INTENTS: Prepared = {
  name: "commit-intents",
  text: "SELECT held, refused FROM order_intent_commit($1, $2, $3, $4::jsonb, $5::jsonb)",
};

/**
 * What the account's other partitions hold and have open, at which cost (in units), and between which prices any order
 * of ours rests at the venue, whatever its account: two of our own must not meet (RC-22).
 */
export const ACCOUNT_OTHERS = `
  SELECT instrument, coalesce(e.position, 0)::bigint AS position, coalesce(e.buys, 0)::bigint AS buys,
    coalesce(e.sells, 0)::bigint AS sells, coalesce(e.open_orders, 0)::bigint AS open_orders,
    coalesce(e.open_notional, 0)::bigint AS open_notional, coalesce(c.cost, 0)::float8 AS cost,
    e.position IS NOT NULL OR c.cost IS NOT NULL AS shared, r.highest_buy::float8 AS highest_buy, r.lowest_sell::float8 AS lowest_sell
  FROM account_exposure($1, $2, $3) e
  FULL JOIN (
    SELECT instrument, sum((body->>'cost')::numeric) AS cost FROM position
    WHERE venue = $1 AND account = $2 AND partition <> $3 GROUP BY instrument) c USING (instrument)
  FULL JOIN (
    SELECT instrument, max(limit_price) FILTER (WHERE side = 'buy') AS highest_buy,
      min(limit_price) FILTER (WHERE side = 'sell') AS lowest_sell
    FROM order_intent
    WHERE venue = $1 AND partition <> $3 AND kind = 'limit' AND time_in_force NOT IN ('ioc', 'fok')
      AND state NOT IN ('denied', 'rejected', 'filled', 'canceled', 'expired')
    GROUP BY instrument) r USING (instrument)`;

export const RECORD_DENIALS = `
  INSERT INTO order_denial (partition, token, epoch, code, decision)
  SELECT $1, $2, (d->>'epoch')::bigint, coalesce(d->>'code', ''), d FROM jsonb_array_elements($3::jsonb) AS d`;

/**
 * Orders change, fills are added once, positions are replaced and the cursor moves: all, or nothing. A change that is
 * not newer than the last one under this token has been applied already, and changes nothing.
 */
export const RECORD_BOOK: Prepared = {
  name: "record-book",
  text: `
  WITH ${HELD},
  turn AS (
    INSERT INTO partition_cursor AS c (partition, token, change, fill_cursor)
    SELECT $1, $2, $10::bigint, coalesce($6::text, '') WHERE EXISTS (SELECT 1 FROM held)
    ON CONFLICT (partition) DO UPDATE SET
      token = excluded.token, change = excluded.change, fill_cursor = coalesce($6::text, c.fill_cursor)
    WHERE (c.token, c.change) < (excluded.token, excluded.change)
    RETURNING 1),
  changed AS (
    UPDATE order_intent AS o
    SET state = c.state, filled_lots = c.filled_lots, filled = c.filled,
        venue_order_id = coalesce(c.venue_order_id, o.venue_order_id), updated_at = clock_timestamp()
    FROM jsonb_to_recordset($3::jsonb) AS c(client_order_id text, state text, filled_lots bigint, filled numeric,
      venue_order_id text)
    WHERE o.client_order_id = c.client_order_id AND o.partition = $1 AND EXISTS (SELECT 1 FROM turn)),
  booked AS (
    INSERT INTO fill (venue, account, venue_fill_id, client_order_id, partition, strategy, instrument, side, quantity,
      price, fee, venue_time)
    SELECT $7, $8, f.venue_fill_id, f.client_order_id, $1, $9, f.instrument, f.side, f.quantity, f.price, f.fee,
      to_timestamp(f.time / 1000.0)
    FROM jsonb_to_recordset($4::jsonb) AS f(venue_fill_id text, client_order_id text, instrument text, side text,
      quantity numeric, price numeric, fee numeric, time float8)
    WHERE EXISTS (SELECT 1 FROM turn)
    ON CONFLICT (venue, account, venue_fill_id) DO NOTHING),
  held_now AS (
    INSERT INTO position AS p (partition, instrument, venue, account, strategy, quantity, average_price, realised, fees,
      body)
    SELECT $1, n.instrument, $7, $8, $9, n.quantity, n.average_price, n.realised, n.fees, n.body
    FROM jsonb_to_recordset($5::jsonb) AS n(instrument text, quantity numeric, average_price numeric, realised numeric,
      fees numeric, body jsonb)
    WHERE EXISTS (SELECT 1 FROM turn)
    ON CONFLICT (partition, instrument) DO UPDATE SET
      quantity = excluded.quantity, average_price = excluded.average_price, realised = excluded.realised,
      fees = excluded.fees, body = excluded.body, updated_at = clock_timestamp())
  SELECT EXISTS (SELECT 1 FROM held) AS held`,
};

/** By the partition, and the scopes that hold its strategy; and the equity that it has seen of its account. */
export const LOAD_HEAD = `
  SELECT (SELECT coalesce(max(sequence), 0) + 1 FROM order_intent WHERE partition = $1) AS next_sequence,
    (SELECT fill_cursor FROM partition_cursor WHERE partition = $1) AS fill_cursor, armed.epoch AS armed_epoch,
    (SELECT count(*) FROM order_intent
     WHERE partition = $1 AND origin = 'strategy' AND refused IS NULL AND epoch >= armed.epoch) AS runs,
    (SELECT json_build_object('day', day, 'dayStart', day_start, 'peak', peak, 'armedEpoch', armed_epoch)
     FROM partition_equity WHERE partition = $1 AND venue = $2 AND account = $3) AS equity
  FROM (SELECT coalesce(max(armed_epoch), 0) AS epoch FROM trading_level WHERE scope = ANY ($4)) AS armed`;

export const RECORD_EQUITY = `
  INSERT INTO partition_equity (partition, venue, account, token, day, day_start, peak, armed_epoch)
  SELECT $1, $3, $4, $2, $5, $6, $7, $8
  WHERE EXISTS (SELECT 1 FROM lease WHERE partition = $1 AND token = $2 FOR KEY SHARE)
  ON CONFLICT (partition, venue, account) DO UPDATE SET
    token = excluded.token, day = excluded.day, day_start = excluded.day_start, peak = excluded.peak,
    armed_epoch = excluded.armed_epoch, updated_at = clock_timestamp()`;

export const RECORD_CERTIFICATE = `
  INSERT INTO reconciliation (partition, token, worker, epoch, open_orders, certificate, venue_time)
  SELECT $1, $2, $3, $4, $5, $6::jsonb, to_timestamp($7::float8 / 1000)
  WHERE EXISTS (SELECT 1 FROM lease WHERE partition = $1 AND token = $2 FOR KEY SHARE)`;

const ORDER_COLUMNS = "SELECT body, state, filled_lots, venue_order_id FROM order_intent";

export const LOAD_OPEN = `${ORDER_COLUMNS} WHERE partition = $1
  AND state NOT IN ('denied', 'rejected', 'filled', 'canceled', 'expired') ORDER BY sequence`;

export const LOAD_ENDED = `${ORDER_COLUMNS} WHERE partition = $1
  AND state IN ('denied', 'rejected', 'filled', 'canceled', 'expired') ORDER BY updated_at DESC LIMIT $2`;
