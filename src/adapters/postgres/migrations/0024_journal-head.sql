-- Up Migration

-- Number and hash of the last row that was appended, beside the rows: a journal whose end was cut off no longer reaches
-- its head. The next row continues the head, not what is left of the rows, so that a cut stays to be seen for good.
CREATE TABLE journal_head (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  seq       bigint NOT NULL,
  hash      bytea NOT NULL
);

-- Nothing is appended between the reading of the last row and the end of this migration.
SELECT pg_advisory_xact_lock(hashtextextended('ttt.journal', 0));
INSERT INTO journal_head (seq, hash)
SELECT coalesce(max(seq), 0), coalesce((SELECT hash FROM journal ORDER BY seq DESC LIMIT 1), '\x'::bytea) FROM journal;

CREATE FUNCTION journal_head_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.seq > OLD.seq THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'the journal''s head only moves on' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER journal_head_only_moves_on BEFORE UPDATE OR DELETE ON journal_head
  FOR EACH ROW EXECUTE FUNCTION journal_head_refuse_change();
CREATE TRIGGER journal_head_is_never_emptied BEFORE TRUNCATE ON journal_head
  FOR EACH STATEMENT EXECUTE FUNCTION journal_head_refuse_change();

-- As before, and the head with it, in the same transaction. It never fails for what it finds: a kill is journalled too,
-- and must not be stopped by a journal that somebody has damaged. That is for `ttt audit verify` to say.
CREATE OR REPLACE FUNCTION journal_append(p_kind text, p_actor text, p_origin text, p_command_id text, p_body text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  last record;
  number bigint;
  now_at timestamptz;
  previous bytea;
  made bytea;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ttt.journal', 0));
  now_at := clock_timestamp();
  SELECT seq, hash INTO last FROM (
    SELECT seq, hash, 1 AS preferred FROM journal_head
    UNION ALL
    (SELECT seq, hash, 2 FROM journal ORDER BY seq DESC LIMIT 1)
  ) AS ends ORDER BY seq DESC, preferred LIMIT 1;
  number := coalesce(last.seq, 0) + 1;
  previous := coalesce(last.hash, '\x'::bytea);
  made := journal_hash(previous, number, now_at, p_kind, p_actor, p_origin, p_command_id, p_body);
  INSERT INTO journal VALUES (
    number, now_at, p_kind, p_actor, p_origin, p_command_id, p_body, previous, made);
  UPDATE journal_head SET seq = number, hash = made;
  RETURN number;
END $$;

-- Down Migration

CREATE OR REPLACE FUNCTION journal_append(p_kind text, p_actor text, p_origin text, p_command_id text, p_body text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  last journal;
  next bigint;
  now_at timestamptz := clock_timestamp();
  previous bytea;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ttt.journal', 0));
  SELECT * INTO last FROM journal ORDER BY seq DESC LIMIT 1;
  next := coalesce(last.seq, 0) + 1;
  previous := coalesce(last.hash, '\x'::bytea);
  INSERT INTO journal VALUES (
    next, now_at, p_kind, p_actor, p_origin, p_command_id, p_body, previous,
    journal_hash(previous, next, now_at, p_kind, p_actor, p_origin, p_command_id, p_body));
  RETURN (next);
END $$;
DROP TABLE journal_head;
DROP FUNCTION journal_head_refuse_change;
