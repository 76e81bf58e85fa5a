-- Up Migration

-- Bars that jobs run on, by the hash of their columns: every backtester on every host reads the same ones, whatever
-- becomes of the file or dataset they came from. Cut into parts, so that none is too large for one message.
CREATE TABLE bars (
  hash         text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
  row_count    integer NOT NULL CHECK (row_count > 0),
  info         json NOT NULL,
  stored_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_used_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE bars_part (
  hash   text NOT NULL REFERENCES bars ON DELETE CASCADE,
  number integer NOT NULL,
  bytes  bytea NOT NULL,
  PRIMARY KEY (hash, number)
);
-- Float64 columns do not compress well enough to be worth the time.
ALTER TABLE bars_part ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Down Migration

DROP TABLE bars_part;
DROP TABLE bars;
