-- Up Migration

-- What a worker means to send, written before it is sent, with the decision that allowed it. Quantities and prices are
-- in the instrument's own units for people; `body` holds the intent exactly, in lots and ticks, for the worker.
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
  origin          text NOT NULL,
  side            text NOT NULL CHECK (side IN ('buy', 'sell')),
  kind            text NOT NULL CHECK (kind IN ('market', 'limit', 'stop', 'stop-limit')),
  quantity        numeric NOT NULL CHECK (quantity > 0),
  limit_price     numeric,
  stop_price      numeric,
  time_in_force   text NOT NULL,
  reduce_only     boolean NOT NULL,
  body            jsonb NOT NULL,
  decision        jsonb NOT NULL,
  state           text NOT NULL,
  filled_lots     bigint NOT NULL DEFAULT 0,
  filled          numeric NOT NULL DEFAULT 0,
  venue_order_id  text,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (partition, sequence)
);

CREATE INDEX order_intent_not_ended ON order_intent (partition)
  WHERE state NOT IN ('denied', 'rejected', 'filled', 'canceled', 'expired');
CREATE INDEX order_intent_by_time ON order_intent (created_at);
CREATE INDEX order_intent_by_update ON order_intent (partition, updated_at);

-- Orders that our own checks denied: no intent, nothing sent.
CREATE TABLE order_denial (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partition  text NOT NULL,
  token      bigint NOT NULL,
  epoch      bigint NOT NULL,
  code       text NOT NULL,
  decision   jsonb NOT NULL,
  at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX order_denial_by_time ON order_denial (at);

-- Executions, keyed by the venue's own id: applied once, whatever the number and order of deliveries.
CREATE TABLE fill (
  venue           text NOT NULL,
  account         text NOT NULL,
  venue_fill_id   text NOT NULL,
  client_order_id text NOT NULL,
  partition       text NOT NULL,
  strategy        text NOT NULL,
  instrument      text NOT NULL,
  side            text NOT NULL CHECK (side IN ('buy', 'sell')),
  quantity        numeric NOT NULL CHECK (quantity > 0),
  price           numeric NOT NULL,
  fee             numeric NOT NULL,
  venue_time      timestamptz NOT NULL,
  booked_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (venue, account, venue_fill_id)
);

CREATE INDEX fill_by_time ON fill (booked_at);
CREATE INDEX fill_of_partition ON fill (partition, booked_at);

-- What each partition holds: the sum of its fills. `body` is exact, in lots, ticks and millionths.
CREATE TABLE position (
  partition     text NOT NULL,
  instrument    text NOT NULL,
  venue         text NOT NULL,
  account       text NOT NULL,
  strategy      text NOT NULL,
  quantity      numeric NOT NULL,
  average_price numeric,
  realised      numeric NOT NULL,
  fees          numeric NOT NULL,
  body          jsonb NOT NULL,
  updated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partition, instrument)
);

-- How far a partition has read the venue's fills.
CREATE TABLE partition_cursor (
  partition   text PRIMARY KEY,
  fill_cursor text NOT NULL
);

-- What an operator asked of partitions, and how far each has come, as the venue showed it.
CREATE TABLE operator_request (
  request    text NOT NULL,
  partition  text NOT NULL,
  action     text NOT NULL,
  phase      text NOT NULL,
  evidence   jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (request, partition)
);

-- Down Migration

DROP TABLE operator_request;
DROP TABLE partition_cursor;
DROP TABLE position;
DROP TABLE fill;
DROP TABLE order_denial;
DROP TABLE order_intent;
