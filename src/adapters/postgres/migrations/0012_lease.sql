-- Up Migration

-- Who trades a partition. The token grows at every take-over; every write of a worker is conditional on it.
CREATE TABLE lease (
  partition   text PRIMARY KEY,
  token       bigint NOT NULL,
  holder      text NOT NULL,
  acquired_at timestamptz NOT NULL,
  renewed_at  timestamptz NOT NULL,
  -- By the server's clock: nobody else may take the partition before it.
  expires_at  timestamptz NOT NULL,
  -- The holder is asked to stop new risk, resolve what is open and let go.
  drain       boolean NOT NULL DEFAULT false
);

-- What each worker last confirmed: the epoch it obeys and the last order it had sent by then. One row an instance.
CREATE TABLE worker_ack (
  worker        text PRIMARY KEY,
  epoch         bigint NOT NULL,
  level         text NOT NULL,
  last_sent     bigint NOT NULL,
  partitions    text[] NOT NULL,
  build_hash    text NOT NULL,
  config_hash   text NOT NULL,
  unresolved    integer NOT NULL,
  acked_at      timestamptz NOT NULL,
  -- By the server's clock: a worker that has not renewed by then holds no permit.
  permit_until  timestamptz NOT NULL
);

-- Down Migration

DROP TABLE worker_ack;
DROP TABLE lease;
