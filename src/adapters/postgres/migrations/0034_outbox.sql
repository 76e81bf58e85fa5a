-- Up Migration

-- What is to become an event, written by whoever changes something, in the transaction of the change. Numbering events
-- needs a lock until commit; an order, a fill or a kill must wait for nobody. So they leave word here, and a relay
-- moves it to the events: once, whole, and an order's changes in their order.
CREATE TABLE event_outbox (
  id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream text NOT NULL,
  type   text NOT NULL,
  at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  body   json NOT NULL
);

CREATE FUNCTION event_enqueue(p_stream text, p_type text, p_body json) RETURNS void LANGUAGE sql AS
$$ INSERT INTO event_outbox (stream, type, body) VALUES (p_stream, p_type, p_body) $$;

-- Makes events of at most p_most rows, and says of how many. Takes the lock of the events only when there are some.
CREATE FUNCTION event_relay(p_most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  moved integer;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM event_outbox) THEN RETURN 0; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('ttt.event', 0));
  WITH taken AS (
    DELETE FROM event_outbox WHERE id IN (SELECT id FROM event_outbox ORDER BY id LIMIT p_most) RETURNING *)
  INSERT INTO event (stream, type, at, body) SELECT stream, type, at, body FROM taken ORDER BY id;
  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved > 0 THEN PERFORM pg_notify('ttt_event', ''); END IF;
  RETURN moved;
END $$;

CREATE FUNCTION trading_level_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM event_enqueue('kill', 'level.changed', json_build_object(
    'scope', NEW.scope, 'level', NEW.level, 'epoch', NEW.epoch, 'actor', NEW.actor, 'reason', NEW.reason));
  RETURN NULL;
END $$;
CREATE TRIGGER trading_level_announces AFTER INSERT OR UPDATE ON trading_level
  FOR EACH ROW EXECUTE FUNCTION trading_level_announce();

CREATE FUNCTION order_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM event_enqueue('orders', CASE TG_OP WHEN 'INSERT' THEN 'order.made' ELSE 'order.changed' END, json_build_object(
    'id', NEW.client_order_id, 'partition', NEW.partition, 'strategy', NEW.strategy, 'account', NEW.account,
    'venue', NEW.venue, 'instrument', NEW.instrument, 'side', NEW.side, 'type', NEW.kind,
    'quantity', NEW.quantity::text, 'filled', NEW.filled::text, 'limitPrice', NEW.limit_price::text,
    'stopPrice', NEW.stop_price::text, 'state', NEW.state));
  RETURN NULL;
END $$;
CREATE TRIGGER order_is_announced AFTER INSERT ON order_intent FOR EACH ROW EXECUTE FUNCTION order_announce();
CREATE TRIGGER order_change_is_announced AFTER UPDATE ON order_intent FOR EACH ROW
  WHEN ((OLD.state, OLD.filled) IS DISTINCT FROM (NEW.state, NEW.filled)) EXECUTE FUNCTION order_announce();

CREATE FUNCTION denial_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM event_enqueue('orders', 'order.denied', json_build_object(
    'partition', NEW.partition, 'code', NEW.code, 'epoch', NEW.epoch));
  RETURN NULL;
END $$;
CREATE TRIGGER denial_is_announced AFTER INSERT ON order_denial FOR EACH ROW EXECUTE FUNCTION denial_announce();

CREATE FUNCTION fill_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM event_enqueue('orders', 'fill.booked', json_build_object(
    'id', NEW.venue_fill_id, 'order', NEW.client_order_id, 'partition', NEW.partition, 'strategy', NEW.strategy,
    'account', NEW.account, 'venue', NEW.venue, 'instrument', NEW.instrument, 'side', NEW.side,
    'quantity', NEW.quantity::text, 'price', NEW.price::text, 'fee', NEW.fee::text));
  RETURN NULL;
END $$;
CREATE TRIGGER fill_is_announced AFTER INSERT ON fill FOR EACH ROW EXECUTE FUNCTION fill_announce();

-- How each instance of a stack was last seen. Whoever follows the supervisor writes it; what was known already is no
-- event, so several may follow, and one that was away tells only what became of it.
CREATE TABLE service_state (
  stack    text NOT NULL,
  instance text NOT NULL,
  service  text NOT NULL,
  state    text NOT NULL,
  reason   text NOT NULL,
  pid      integer,
  since    timestamptz NOT NULL,
  PRIMARY KEY (stack, instance)
);

CREATE FUNCTION service_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM event_enqueue('services', 'service.changed', json_build_object(
    'instance', NEW.instance, 'service', NEW.service, 'state', NEW.state, 'reason', NEW.reason, 'pid', NEW.pid,
    'since', (extract(epoch FROM NEW.since) * 1000)::bigint));
  RETURN NULL;
END $$;
CREATE TRIGGER service_announces AFTER INSERT OR UPDATE ON service_state
  FOR EACH ROW EXECUTE FUNCTION service_announce();

-- Down Migration

DROP TABLE service_state;
DROP FUNCTION service_announce;
DROP TRIGGER fill_is_announced ON fill;
DROP FUNCTION fill_announce;
DROP TRIGGER denial_is_announced ON order_denial;
DROP FUNCTION denial_announce;
DROP TRIGGER order_change_is_announced ON order_intent;
DROP TRIGGER order_is_announced ON order_intent;
DROP FUNCTION order_announce;
DROP TRIGGER trading_level_announces ON trading_level;
DROP FUNCTION trading_level_announce;
DROP FUNCTION event_relay;
DROP FUNCTION event_enqueue;
DROP TABLE event_outbox;
