-- Up Migration

-- What happened, in order, for readers that follow and may have been away. A row becomes visible only after every row
-- with a lower number is: the writers hold one lock from numbering to commit.
CREATE TABLE event (
  seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream  text NOT NULL,
  type    text NOT NULL,
  at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  body    json NOT NULL
);

-- Call it last in a transaction: others wait until it commits.
CREATE FUNCTION event_append(p_stream text, p_type text, p_body json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ttt.event', 0));
  INSERT INTO event (stream, type, body) VALUES (p_stream, p_type, p_body);
  PERFORM pg_notify('ttt_event', '');
END $$;

-- Down Migration

DROP FUNCTION event_append;
DROP TABLE event;
