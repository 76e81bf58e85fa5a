-- Up Migration

-- Incidents as they stand: the sum of their rows in the journal, kept beside it for quick looks.
CREATE TABLE incident (
  id          text PRIMARY KEY CHECK (id ~ '^inc-[0-9]{8}-[2-9a-z]{5}$'),
  state       text NOT NULL,
  opened_at   timestamptz NOT NULL,
  keys        text[] NOT NULL,
  body        jsonb NOT NULL,
  -- The journal's row that this is the sum up to.
  journal_seq bigint NOT NULL
);
CREATE INDEX incident_by_time ON incident (opened_at DESC);
CREATE INDEX incident_not_over ON incident (opened_at DESC) WHERE state <> 'resolved';
CREATE INDEX incident_by_key ON incident USING gin (keys);

-- What contacts are to be told, and what became of it. An escalation is a notice that is due later and dropped once
-- somebody has acknowledged, so it needs no process that remembers it.
CREATE TABLE incident_notice (
  id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  incident            text NOT NULL REFERENCES incident,
  contact             text NOT NULL,
  notice              jsonb NOT NULL,
  unless_acknowledged boolean NOT NULL,
  due_at              timestamptz NOT NULL,
  attempts            integer NOT NULL DEFAULT 0,
  state               text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed', 'dropped')),
  reason              text,
  settled_at          timestamptz
);
CREATE INDEX incident_notice_waiting ON incident_notice (due_at) WHERE state = 'waiting';

-- The timeline reads the journal by time, and an incident's own rows by its id.
CREATE INDEX journal_by_time ON journal (at);
CREATE INDEX journal_of_incident ON journal (((body::jsonb) ->> 'incident')) WHERE kind LIKE 'incident.%';

-- Appends unless this very row of this command is there: what was kept elsewhere meanwhile is taken up once.
CREATE FUNCTION journal_append_once(p_kind text, p_actor text, p_origin text, p_command_id text, p_body text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  known bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ttt.journal', 0));
  SELECT seq INTO known FROM journal WHERE command_id = p_command_id AND kind = p_kind AND p_command_id <> '';
  IF known IS NOT NULL THEN
    RETURN known;
  END IF;
  RETURN journal_append(p_kind, p_actor, p_origin, p_command_id, p_body);
END $$;

-- Down Migration

DROP FUNCTION journal_append_once;
DROP INDEX journal_of_incident;
DROP INDEX journal_by_time;
DROP TABLE incident_notice;
DROP TABLE incident;
