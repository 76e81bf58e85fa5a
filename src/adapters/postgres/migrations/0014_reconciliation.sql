-- Up Migration

-- Proof that a partition's orders, fills and positions were compared with the venue's, and what differed.
CREATE TABLE reconciliation (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partition   text NOT NULL,
  token       bigint NOT NULL,
  worker      text NOT NULL,
  epoch       bigint NOT NULL,
  clean       boolean NOT NULL,
  open_orders integer NOT NULL,
  unresolved  integer NOT NULL,
  differences jsonb NOT NULL,
  venue_time  timestamptz NOT NULL,
  at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX reconciliation_latest ON reconciliation (partition, id DESC);

-- Down Migration

DROP TABLE reconciliation;
