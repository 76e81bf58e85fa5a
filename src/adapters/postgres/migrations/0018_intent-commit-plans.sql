-- Up Migration

-- The token is part of the lease's key: whoever locks the key against a take-over, which changes it, neither waits for
-- a renewal nor is waited for by one. Without this index a lock of the key holds up no take-over at all.
CREATE UNIQUE INDEX IF NOT EXISTS lease_key ON lease (partition, token);

-- As before, but for two things. The lease's key is locked, not its row. And a plan made once holds for every order,
-- because all is asked for by key: else each connection plans every statement anew for its first five orders, and
-- orders wait for that.
CREATE OR REPLACE FUNCTION order_intent_commit(
  p_partition text, p_token bigint, p_worker text, p_rows jsonb, p_admission jsonb
) RETURNS TABLE (held boolean, refused jsonb) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
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
  PERFORM 1 FROM lease WHERE partition = p_partition AND token = p_token FOR KEY SHARE;
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

-- The index stays: the function and its callers lock the key.
ALTER FUNCTION order_intent_commit RESET plan_cache_mode;
