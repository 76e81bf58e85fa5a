-- Up Migration

-- Which change of the book was applied last, under which token. A write that its worker gave up and that reaches the
-- server late must not put an old position over a newer one.
ALTER TABLE partition_cursor
  ADD COLUMN token bigint NOT NULL DEFAULT 0,
  ADD COLUMN change bigint NOT NULL DEFAULT 0;

-- Down Migration

ALTER TABLE partition_cursor DROP COLUMN token, DROP COLUMN change;
