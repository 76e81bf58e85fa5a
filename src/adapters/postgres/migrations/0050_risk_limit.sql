-- Up Migration

-- Every set of risk limits that was ever in force, whole, under the version that decision records name. The newest
-- counts. Nothing here is changed or removed: what an order was judged by can always be read again.
CREATE TABLE risk_limit_set (
  version    bigint PRIMARY KEY CHECK (version > 0),
  rows       jsonb NOT NULL CHECK (jsonb_typeof(rows) = 'array'),
  -- What this version changed: limit, scope, value, kind, reason, who asked, who approved, until when.
  change     jsonb NOT NULL,
  epoch      bigint NOT NULL,
  actor      text NOT NULL,
  at         timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION risk_limit_set_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'versions of risk limits are append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER risk_limit_set_is_append_only BEFORE UPDATE OR DELETE ON risk_limit_set
  FOR EACH ROW EXECUTE FUNCTION risk_limit_set_refuse_change();

-- Changes that allow more, waiting for a second person.
CREATE TABLE risk_limit_request (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  change       jsonb NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  approved_by  text,
  approved_at  timestamptz,
  -- The version that it became.
  version      bigint REFERENCES risk_limit_set
);

CREATE INDEX risk_limit_request_waiting ON risk_limit_request (id) WHERE version IS NULL;

-- Denied orders are looked up by the id they would have had.
CREATE INDEX order_denial_by_order ON order_denial ((decision->>'order'), id);

-- Down Migration

DROP INDEX order_denial_by_order;
DROP TABLE risk_limit_request;
DROP TABLE risk_limit_set;
DROP FUNCTION risk_limit_set_refuse_change;
