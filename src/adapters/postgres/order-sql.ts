// The statements of the order store. Each write is one statement, so it is whole or not at all, and one round trip;
// each begins by locking the lease's row for reading, so that no take-over can come between the check and the write.

const HELD = "held AS (SELECT 1 FROM lease WHERE partition = $1 AND token = $2 FOR SHARE)";

/** Unless the token is current nothing is written. Intents that stand already stay as they are: the commit was retried. */
export const COMMIT_INTENTS = `
  WITH ${HELD},
  written AS (
    INSERT INTO order_intent (client_order_id, partition, sequence, token, epoch, worker, strategy, account, venue,
      instrument, origin, side, kind, quantity, limit_price, stop_price, time_in_force, reduce_only, body, decision, state)
    SELECT client_order_id, $1, sequence, $2, epoch, $3, strategy, account, venue, instrument, origin, side, kind,
      quantity, limit_price, stop_price, time_in_force, reduce_only, body, decision, 'initialized'
    FROM jsonb_to_recordset($4::jsonb) AS i(client_order_id text, sequence bigint, epoch bigint, strategy text,
      account text, venue text, instrument text, origin text, side text, kind text, quantity numeric,
      limit_price numeric, stop_price numeric, time_in_force text, reduce_only boolean, body jsonb, decision jsonb)
    WHERE EXISTS (SELECT 1 FROM held)
    ON CONFLICT (client_order_id) DO NOTHING)
  SELECT EXISTS (SELECT 1 FROM held) AS held`;

export const RECORD_DENIALS = `
  INSERT INTO order_denial (partition, token, epoch, code, decision)
  SELECT $1, $2, (d->>'epoch')::bigint, coalesce(d->>'code', ''), d FROM jsonb_array_elements($3::jsonb) AS d`;

/**
 * Orders change, fills are added once, positions are replaced and the cursor moves: all, or nothing. A change that is
 * not newer than the last one under this token has been applied already, and changes nothing.
 */
export const RECORD_BOOK = `
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
  SELECT EXISTS (SELECT 1 FROM held) AS held`;

export const RECORD_CERTIFICATE = `
  INSERT INTO reconciliation (partition, token, worker, epoch, open_orders, certificate, venue_time)
  SELECT $1, $2, $3, $4, $5, $6::jsonb, to_timestamp($7::float8 / 1000)
  WHERE EXISTS (SELECT 1 FROM lease WHERE partition = $1 AND token = $2 FOR SHARE)`;

const ORDER_COLUMNS = "SELECT body, state, filled_lots, venue_order_id FROM order_intent";

export const LOAD_OPEN = `${ORDER_COLUMNS} WHERE partition = $1
  AND state NOT IN ('denied', 'rejected', 'filled', 'canceled', 'expired') ORDER BY sequence`;

export const LOAD_ENDED = `${ORDER_COLUMNS} WHERE partition = $1
  AND state IN ('denied', 'rejected', 'filled', 'canceled', 'expired') ORDER BY updated_at DESC LIMIT $2`;
