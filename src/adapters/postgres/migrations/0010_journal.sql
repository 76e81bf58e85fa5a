-- Up Migration

-- The operations journal: append-only, each row holding the hash of the row before it. What people and daemons did,
-- when, from where and why. `ttt audit verify` recomputes the chain and names the first row that does not fit.
CREATE TABLE journal (
  seq           bigint PRIMARY KEY,
  at            timestamptz NOT NULL,
  kind          text NOT NULL CHECK (kind ~ '^[a-z][a-z.-]*$'),
  actor         text NOT NULL CHECK (actor <> '' AND strpos(actor, E'\n') = 0),
  origin        text NOT NULL CHECK (strpos(origin, E'\n') = 0),
  command_id    text NOT NULL CHECK (strpos(command_id, E'\n') = 0),
  -- Text, not jsonb: the hash is over the very bytes.
  body          text NOT NULL CHECK (body IS JSON),
  previous_hash bytea NOT NULL,
  hash          bytea NOT NULL UNIQUE
);

CREATE INDEX journal_by_kind ON journal (kind, seq);
CREATE INDEX journal_by_command ON journal (command_id) WHERE command_id <> '';

CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON journal
  FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER journal_is_never_emptied BEFORE TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();

-- What a row's hash is over. No field before the body may hold a line break, so the text has one reading.
CREATE FUNCTION journal_hash(
  previous bytea, seq bigint, at timestamptz, kind text, actor text, origin text, command_id text, body text
) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(convert_to(
    concat_ws(E'\n', encode(previous, 'hex'), seq::text, (extract(epoch FROM at) * 1000000)::bigint::text,
              kind, actor, origin, command_id, body), 'UTF8'))
$$;

-- Appends one row and returns its number. Appends wait for each other until commit, so that the chain has no fork.
CREATE FUNCTION journal_append(p_kind text, p_actor text, p_origin text, p_command_id text, p_body text)
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

-- Down Migration

DROP FUNCTION journal_append;
DROP TABLE journal;
DROP FUNCTION journal_hash;
DROP FUNCTION journal_refuse_change;
