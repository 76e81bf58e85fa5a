-- Up Migration

-- What a worker meant to send, written before it is sent, with the decision that allowed (or denied) it.
CREATE TABLE order_intent (
  client_order_id text PRIMARY KEY,
  partition       text NOT NULL,
  sequence        bigint NOT NULL,
  token           bigint NOT NULL,
  epoch           bigint NOT NULL,
  worker          text NOT NULL,
  strategy        text NOT NULL,
  account         text NOT NULL,
  venue           text NOT NULL,
  instrument      text NOT NULL,
  side            text NOT NULL CHECK (side IN ('buy', 'sell')),
  kind            text NOT NULL CHECK (kind IN ('market', 'limit', 'stop', 'stop-limit')),
  quantity        numeric NOT NULL CHECK (quantity > 0),
  limit_price     numeric,
  stop_price      numeric,
  time_in_force   text NOT NULL,
  reduce_only     boolean NOT NULL,
  -- The order as the worker's state machine reads it back, and every check with its observed value and limit.
  body            jsonb NOT NULL,
  decision        jsonb NOT NULL,
  state           text NOT NULL,
  filled          numeric NOT NULL DEFAULT 0,
  venue_order_id  text,
  reason          text,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (partition, sequence)
);

CREATE INDEX order_intent_working ON order_intent (partition)
  WHERE state NOT IN ('denied', 'rejected', 'filled', 'canceled', 'expired');
CREATE INDEX order_intent_by_time ON order_intent (created_at);

-- What the venue said, as it came. A report that comes twice is kept once.
CREATE TABLE venue_report (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  venue           text NOT NULL,
  report_id       text NOT NULL,
  client_order_id text NOT NULL,
  kind            text NOT NULL,
  body            jsonb NOT NULL,
  venue_time      timestamptz NOT NULL,
  received_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (venue, report_id)
);

-- Executions, keyed by the venue's own id: applied once, whatever the number and order of deliveries.
CREATE TABLE fill (
  venue           text NOT NULL,
  venue_fill_id   text NOT NULL,
  client_order_id text NOT NULL,
  account         text NOT NULL,
  strategy        text NOT NULL,
  instrument      text NOT NULL,
  side            text NOT NULL CHECK (side IN ('buy', 'sell')),
  quantity        numeric NOT NULL CHECK (quantity > 0),
  price           numeric NOT NULL,
  fee             numeric NOT NULL,
  venue_time      timestamptz NOT NULL,
  booked_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (venue, venue_fill_id)
);

CREATE INDEX fill_by_time ON fill (booked_at);

-- The sum of the fills: signed quantity, and cash moved (negative when bought), per strategy and instrument.
CREATE TABLE position (
  venue         text NOT NULL,
  account       text NOT NULL,
  strategy      text NOT NULL,
  instrument    text NOT NULL,
  quantity      numeric NOT NULL,
  cash          numeric NOT NULL,
  fees          numeric NOT NULL,
  average_price numeric,
  last_price    numeric,
  updated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (venue, account, strategy, instrument)
);

-- Down Migration

DROP TABLE position;
DROP TABLE fill;
DROP TABLE venue_report;
DROP TABLE order_intent;
