-- Up Migration

-- What an order reserves of its account from its commit to its end: its quantity in lots, its value at the worst price
-- in millionths of the account's currency, and the group of which only one fills. `refused` is the code under which
-- the account's shared limits did not admit it: such an order was never sent.
ALTER TABLE order_intent
  ADD COLUMN lots           bigint,
  ADD COLUMN notional       bigint,
  ADD COLUMN exposure_group text,
  ADD COLUMN refused        text;

UPDATE order_intent SET
  lots = (body->'terms'->>'quantity')::bigint,
  notional = (quantity * coalesce(limit_price, stop_price, 0) * 1000000)::bigint,
  exposure_group = body->'terms'->>'group';

ALTER TABLE order_intent
  ALTER COLUMN lots SET NOT NULL,
  ALTER COLUMN notional SET NOT NULL,
  ADD CONSTRAINT order_intent_lots CHECK (lots > 0);

CREATE INDEX order_intent_open_of_account ON order_intent (venue, account)
  WHERE state NOT IN ('denied', 'rejected', 'filled', 'canceled', 'expired');
CREATE INDEX fill_of_account ON fill (venue, account, booked_at);

-- The turnstile of an account: commits of intents that add risk pass its row one by one, whoever makes them. With it
-- goes the pace of the account: a bucket of orders, and how many the day has had. An empty account is the venue's own.
CREATE TABLE account_pace (
  venue       text NOT NULL,
  account     text NOT NULL,
  tokens      float8 NOT NULL,
  refilled_at timestamptz NOT NULL,
  day         date NOT NULL,
  orders      bigint NOT NULL,
  PRIMARY KEY (venue, account)
);

-- What the account's other partitions hold and may yet hold. Of a group only the largest counts, because only one fills.
CREATE FUNCTION account_exposure(p_venue text, p_account text, p_except text)
RETURNS TABLE (instrument text, "position" bigint, buys bigint, sells bigint, open_orders bigint, open_notional bigint,
               open_cash bigint) LANGUAGE sql STABLE AS $$
  WITH open AS (
    SELECT o.instrument, o.side, o.partition, coalesce(o.exposure_group, o.client_order_id) AS part,
           greatest(0, o.lots - o.filled_lots) AS lots,
           (o.notional::numeric * greatest(0, o.lots - o.filled_lots) / o.lots)::bigint AS notional
    FROM order_intent o
    WHERE o.venue = p_venue AND o.account = p_account AND o.partition <> p_except
      AND o.state NOT IN ('denied', 'rejected', 'filled', 'canceled', 'expired')),
  parts AS (
    SELECT o.instrument, o.side, max(o.lots) AS lots, count(*) AS orders, sum(o.notional) AS notional,
           max(o.notional) AS cash
    FROM open o GROUP BY o.instrument, o.side, o.partition, o.part),
  sides AS (
    SELECT p.instrument, 0::bigint AS position, sum(p.lots) FILTER (WHERE p.side = 'buy') AS buys,
           sum(p.lots) FILTER (WHERE p.side = 'sell') AS sells, sum(p.orders) AS orders, sum(p.notional) AS notional,
           sum(p.cash) FILTER (WHERE p.side = 'buy') AS cash
    FROM parts p GROUP BY p.instrument
    UNION ALL
    SELECT h.instrument, sum((h.body->>'lots')::bigint), 0, 0, 0, 0, 0
    FROM position h WHERE h.venue = p_venue AND h.account = p_account AND h.partition <> p_except
    GROUP BY h.instrument)
  SELECT s.instrument, sum(s.position)::bigint, coalesce(sum(s.buys), 0)::bigint, coalesce(sum(s.sells), 0)::bigint,
         sum(s.orders)::bigint, coalesce(sum(s.notional), 0)::bigint, coalesce(sum(s.cash), 0)::bigint
  FROM sides s GROUP BY s.instrument
$$;

-- Takes one order from a bucket that refills steadily; gives what speaks against it. The row is locked until the end
-- of the transaction.
CREATE FUNCTION account_pace_take(p_venue text, p_account text, p_per_second float8, p_burst float8, p_per_day bigint)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  held account_pace;
  now_at timestamptz := clock_timestamp();
  today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
  left_over float8;
  used bigint;
BEGIN
  SELECT * INTO held FROM account_pace WHERE venue = p_venue AND account = p_account FOR UPDATE;
  now_at := clock_timestamp();
  used := CASE WHEN held.day = today THEN held.orders ELSE 0 END;
  left_over := least(coalesce(p_burst, 0), held.tokens
    + greatest(0, extract(epoch FROM now_at - held.refilled_at)::float8) * coalesce(p_per_second, 0));
  IF p_per_second IS NOT NULL AND p_burst IS NOT NULL AND left_over < 1 THEN RETURN 'MESSAGE_RATE_ABOVE_LIMIT'; END IF;
  IF p_per_day IS NOT NULL AND used + 1 > p_per_day THEN RETURN 'ORDERS_PER_DAY_ABOVE_LIMIT'; END IF;
  UPDATE account_pace SET tokens = greatest(0, left_over - 1), refilled_at = now_at, day = today, orders = used + 1
  WHERE venue = p_venue AND account = p_account;
  RETURN NULL;
END $$;

-- Writes the intents of one turn with their decisions, unless the token is not the current one. What adds risk passes
-- the account's turnstile: it is admitted only while the account as a whole has room, and what is admitted counts for
-- the next. What was refused stays on record as denied, and a repeated commit says the same again.
CREATE FUNCTION order_intent_commit(
  p_partition text, p_token bigint, p_worker text, p_rows jsonb, p_admission jsonb
) RETURNS TABLE (held boolean, refused jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  ask record;
  known record;
  p_venue text := p_admission->>'venue';
  p_account text := p_admission->>'account';
  pace jsonb := p_admission->'pace';
  venue_pace jsonb := nullif(p_admission->'venuePace', 'null');
  exposure jsonb := '{}';
  one jsonb;
  open_orders bigint;
  open_notional bigint;
  cash_left bigint;
  furthest bigint;
  code text;
  looked boolean := false;
  objection jsonb;
  refusals jsonb := '[]';
BEGIN
  PERFORM 1 FROM lease WHERE partition = p_partition AND token = p_token FOR SHARE;
  IF NOT FOUND THEN
    RETURN QUERY SELECT false, refusals;
    RETURN;
  END IF;
  FOR ask IN
    SELECT * FROM jsonb_to_recordset(p_rows) AS i(client_order_id text, sequence bigint, epoch bigint, strategy text,
      account text, venue text, instrument text, origin text, side text, kind text, quantity numeric,
      limit_price numeric, stop_price numeric, time_in_force text, reduce_only boolean, body jsonb, decision jsonb,
      lots bigint, notional bigint, exposure_group text, reducing boolean, cash bigint, max_position bigint,
      max_open_orders bigint, max_open_notional bigint, paced boolean)
    ORDER BY i.sequence
  LOOP
    SELECT o.refused AS refused INTO known FROM order_intent o WHERE o.client_order_id = ask.client_order_id;
    IF FOUND THEN
      -- The commit was repeated: its first outcome stands.
      IF known.refused IS NOT NULL THEN
        refusals := refusals || jsonb_build_object('id', ask.client_order_id, 'code', known.refused);
      END IF;
      CONTINUE;
    END IF;
    code := NULL;
    IF NOT ask.reducing THEN
      IF NOT looked THEN
        looked := true;
        IF venue_pace IS NOT NULL THEN
          INSERT INTO account_pace VALUES (p_venue, '', (venue_pace->>'burst')::float8, clock_timestamp(),
            (clock_timestamp() AT TIME ZONE 'UTC')::date, 0) ON CONFLICT DO NOTHING;
        END IF;
        INSERT INTO account_pace VALUES (p_venue, p_account, coalesce((pace->>'burst')::float8, 0), clock_timestamp(),
          (clock_timestamp() AT TIME ZONE 'UTC')::date, 0) ON CONFLICT DO NOTHING;
        IF venue_pace IS NOT NULL THEN
          PERFORM 1 FROM account_pace a WHERE a.venue = p_venue AND a.account = '' FOR UPDATE;
        END IF;
        PERFORM 1 FROM account_pace a WHERE a.venue = p_venue AND a.account = p_account FOR UPDATE;
        -- Only now: whoever passed before has committed, and is seen.
        SELECT coalesce(jsonb_object_agg(e.instrument, jsonb_build_object(
                 'position', e.position + coalesce((p_admission->'own'->e.instrument->>'position')::bigint, 0),
                 'buys', e.buys + coalesce((p_admission->'own'->e.instrument->>'buys')::bigint, 0),
                 'sells', e.sells + coalesce((p_admission->'own'->e.instrument->>'sells')::bigint, 0))), '{}'),
               coalesce(sum(e.open_orders), 0), coalesce(sum(e.open_notional), 0), coalesce(sum(e.open_cash), 0)
        INTO exposure, open_orders, open_notional, cash_left
        FROM account_exposure(p_venue, p_account, p_partition) e;
        exposure := (p_admission->'own') || exposure;
        open_orders := open_orders + (p_admission->>'openOrders')::bigint;
        open_notional := open_notional + (p_admission->>'openNotional')::bigint;
        -- What the others bought since the venue last showed the cash has left it too.
        SELECT (p_admission->>'freeCash')::bigint - (p_admission->>'openCash')::bigint - cash_left
          - coalesce(sum(f.quantity * f.price * 1000000)::bigint, 0) INTO cash_left
        FROM fill f WHERE f.venue = p_venue AND f.account = p_account AND f.partition <> p_partition
          AND f.side = 'buy'
          AND f.booked_at >= clock_timestamp() - (p_admission->>'cashAgeMs')::float8 * interval '1 ms';
      END IF;
      one := coalesce(exposure->ask.instrument, '{"position": 0, "buys": 0, "sells": 0}');
      furthest := CASE WHEN ask.side = 'buy'
        THEN (one->>'position')::bigint + (one->>'buys')::bigint + ask.lots
        ELSE (one->>'sells')::bigint + ask.lots - (one->>'position')::bigint END;
      objection := NULL;
      IF furthest > ask.max_position THEN
        code := 'ACCOUNT_POSITION_ABOVE_LIMIT';
        objection := jsonb_build_object('observed', furthest, 'limit', ask.max_position);
      ELSIF open_orders + 1 > ask.max_open_orders THEN
        code := 'ACCOUNT_OPEN_ORDERS_ABOVE_LIMIT';
        objection := jsonb_build_object('observed', open_orders + 1, 'limit', ask.max_open_orders);
      ELSIF open_notional + ask.notional > ask.max_open_notional THEN
        code := 'ACCOUNT_OPEN_NOTIONAL_ABOVE_LIMIT';
        objection := jsonb_build_object('observed', open_notional + ask.notional, 'limit', ask.max_open_notional);
      ELSIF ask.cash > 0 AND ask.cash > cash_left THEN
        code := 'ACCOUNT_CASH_INSUFFICIENT';
        objection := jsonb_build_object('needed', ask.cash, 'free', cash_left);
      ELSIF ask.paced THEN
        code := 'ACCOUNT_' || account_pace_take(p_venue, p_account, (pace->>'perSecond')::float8,
          (pace->>'burst')::float8, (pace->>'perDay')::bigint);
        IF code IS NULL AND venue_pace IS NOT NULL THEN
          code := 'VENUE_' || account_pace_take(p_venue, '', (venue_pace->>'perSecond')::float8,
            (venue_pace->>'burst')::float8, NULL);
        END IF;
        objection := '{}';
      END IF;
      IF code IS NULL THEN
        open_orders := open_orders + 1;
        open_notional := open_notional + ask.notional;
        cash_left := cash_left - ask.cash;
        exposure := jsonb_set(exposure, ARRAY[ask.instrument], one || CASE WHEN ask.side = 'buy'
          THEN jsonb_build_object('buys', (one->>'buys')::bigint + ask.lots)
          ELSE jsonb_build_object('sells', (one->>'sells')::bigint + ask.lots) END);
      ELSE
        ask.decision := ask.decision || jsonb_build_object('allowed', false, 'code', code, 'results',
          (ask.decision->'results') || jsonb_build_object('check', 'RC-04', 'verdict',
            jsonb_build_object('kind', 'DENY', 'code', code, 'values', objection, 'soft', false)));
      END IF;
    END IF;
    INSERT INTO order_intent (client_order_id, partition, sequence, token, epoch, worker, strategy, account, venue,
      instrument, origin, side, kind, quantity, limit_price, stop_price, time_in_force, reduce_only, body, decision,
      state, lots, notional, exposure_group, refused)
    VALUES (ask.client_order_id, p_partition, ask.sequence, p_token, ask.epoch, p_worker, ask.strategy, ask.account,
      ask.venue, ask.instrument, ask.origin, ask.side, ask.kind, ask.quantity, ask.limit_price, ask.stop_price,
      ask.time_in_force, ask.reduce_only, ask.body, ask.decision,
      CASE WHEN code IS NULL THEN 'initialized' ELSE 'denied' END, ask.lots, ask.notional, ask.exposure_group, code)
    ON CONFLICT (client_order_id) DO NOTHING;
    IF NOT FOUND THEN
      -- The same commit was under way twice, and the other one was first.
      SELECT o.refused INTO code FROM order_intent o WHERE o.client_order_id = ask.client_order_id;
    ELSIF code IS NOT NULL THEN
      INSERT INTO order_denial (partition, token, epoch, code, decision)
      VALUES (p_partition, p_token, ask.epoch, code, ask.decision);
    END IF;
    IF code IS NOT NULL THEN
      refusals := refusals || jsonb_build_object('id', ask.client_order_id, 'code', code);
    END IF;
  END LOOP;
  RETURN QUERY SELECT true, refusals;
END $$;

-- Down Migration

DROP FUNCTION order_intent_commit;
DROP FUNCTION account_pace_take;
DROP FUNCTION account_exposure;
DROP TABLE account_pace;
DROP INDEX fill_of_account;
DROP INDEX order_intent_open_of_account;
ALTER TABLE order_intent DROP COLUMN lots, DROP COLUMN notional, DROP COLUMN exposure_group, DROP COLUMN refused;
