-- Up Migration

-- Of each worker: how many orders rest at its venue, how many of them the venue's dead-man's switch withdraws when this
-- side falls silent, and in how long at the latest, counted from when it said so; null while no switch is armed.
ALTER TABLE worker_ack
  ADD COLUMN orders_open integer NOT NULL DEFAULT 0,
  ADD COLUMN orders_covered integer NOT NULL DEFAULT 0,
  ADD COLUMN covered_within_ms float8;

-- Down Migration

ALTER TABLE worker_ack
  DROP COLUMN orders_open,
  DROP COLUMN orders_covered,
  DROP COLUMN covered_within_ms;
