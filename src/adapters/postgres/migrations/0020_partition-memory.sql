-- Up Migration

-- What a strategy has done since a person last acted on it is counted whenever its partition is taken over.
CREATE INDEX order_intent_of_strategy ON order_intent (partition, epoch)
  WHERE origin = 'strategy' AND refused IS NULL;

-- What a partition has seen of its account's equity, in millionths of the account's currency: at the first look of the
-- day (days since 1970), and at its highest since the arm of `armed_epoch`. Losses are measured against these by
-- whoever holds the partition.
CREATE TABLE partition_equity (
  partition   text NOT NULL,
  venue       text NOT NULL,
  account     text NOT NULL,
  token       bigint NOT NULL,
  day         integer NOT NULL,
  day_start   bigint NOT NULL,
  peak        bigint NOT NULL,
  armed_epoch bigint NOT NULL,
  updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partition, venue, account)
);

-- Down Migration

DROP TABLE partition_equity;
DROP INDEX order_intent_of_strategy;
