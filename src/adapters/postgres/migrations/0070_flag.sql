-- Up Migration

-- Flags that somebody has set; which flags there are, and their defaults, is the code's to say. One that has run out
-- counts as unset, and is taken away by the next change of it.
CREATE TABLE flag (
  name       text PRIMARY KEY,
  value      jsonb NOT NULL,
  reason     text NOT NULL CHECK (reason <> ''),
  actor      text NOT NULL,
  set_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz
);

-- Told also of changes by hand: a flag is a lever, whoever pulls it.
CREATE FUNCTION flag_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ttt_flag', '');
  RETURN NULL;
END $$;
CREATE TRIGGER flag_announces AFTER INSERT OR UPDATE OR DELETE ON flag
  FOR EACH STATEMENT EXECUTE FUNCTION flag_announce();

-- Down Migration

DROP TABLE flag;
DROP FUNCTION flag_announce;
