-- Up Migration

-- Proof that a partition's orders, fills and positions agreed with the venue's at one moment.
CREATE TABLE reconciliation (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partition   text NOT NULL,
  token       bigint NOT NULL,
  worker      text NOT NULL,
  epoch       bigint NOT NULL,
  open_orders integer NOT NULL,
  certificate jsonb NOT NULL,
  venue_time  timestamptz NOT NULL,
  at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX reconciliation_latest ON reconciliation (partition, id DESC);

-- Down Migration

DROP TABLE reconciliation;
