-- Up Migration

-- Work for the backtesters. This row is the truth; queues only say that it is there.
CREATE TABLE job (
  id               text PRIMARY KEY,
  number           bigint GENERATED ALWAYS AS IDENTITY,
  kind             text NOT NULL,
  key              text NOT NULL,
  -- json, not jsonb: the order of the fields is kept.
  spec             json NOT NULL,
  state            text NOT NULL DEFAULT 'queued'
                   CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'dead')),
  priority         integer NOT NULL DEFAULT 0,
  attempts         integer NOT NULL DEFAULT 0,
  max_attempts     integer NOT NULL CHECK (max_attempts > 0),
  progress         real NOT NULL DEFAULT 0,
  failure          json,
  cancel_requested boolean NOT NULL DEFAULT false,
  owner            text,
  -- Grows with every take; a write with an older token changes nothing.
  token            bigint NOT NULL DEFAULT 0,
  lease_until      timestamptz,
  -- Not taken before this.
  due_at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  group_id         text,
  shard            integer,
  submitted_by     text NOT NULL,
  traceparent      text,
  created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at       timestamptz,
  finished_at      timestamptz,
  CHECK ((state = 'running') = (lease_until IS NOT NULL))
);

-- The same work is not done twice; work that did not succeed may be asked for again.
CREATE UNIQUE INDEX job_key ON job (key) WHERE state IN ('queued', 'running', 'succeeded');
CREATE INDEX job_waiting ON job (priority DESC, number) WHERE state = 'queued';
CREATE INDEX job_leased ON job (lease_until) WHERE state = 'running';
CREATE INDEX job_group ON job (group_id, shard) WHERE group_id IS NOT NULL;

-- What a job produced. Written in the transaction that makes it succeed.
CREATE TABLE job_document (
  job_id       text NOT NULL REFERENCES job ON DELETE CASCADE,
  name         text NOT NULL,
  content_type text NOT NULL,
  bytes        bytea NOT NULL,
  PRIMARY KEY (job_id, name)
);

-- Every change of a job's state is an event, whoever makes it.
CREATE FUNCTION job_announce() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  what text := CASE
    WHEN TG_OP = 'INSERT' THEN 'job.submitted'
    WHEN NEW.state <> OLD.state OR NEW.token <> OLD.token THEN CASE NEW.state
      WHEN 'queued' THEN 'job.returned' WHEN 'running' THEN 'job.started' WHEN 'dead' THEN 'job.died'
      ELSE 'job.' || NEW.state END
    WHEN NEW.cancel_requested AND NOT OLD.cancel_requested THEN 'job.cancel-requested'
    WHEN NEW.progress <> OLD.progress THEN 'job.progressed'
  END;
BEGIN
  IF what IS NULL THEN RETURN NULL; END IF;
  PERFORM event_append('jobs', what, json_build_object(
    'id', NEW.id, 'kind', NEW.kind, 'state', NEW.state, 'progress', NEW.progress, 'attempts', NEW.attempts,
    'owner', NEW.owner, 'group', NEW.group_id, 'shard', NEW.shard,
    'failure', NEW.failure));
  IF what = 'job.cancel-requested' THEN PERFORM pg_notify('ttt_job_cancel', NEW.id); END IF;
  RETURN NULL;
END $$;

-- Deferred to the commit, so that the lock of the event log is held for a moment only.
CREATE CONSTRAINT TRIGGER job_announces AFTER INSERT OR UPDATE ON job
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION job_announce();

-- Down Migration

DROP TABLE job_document;
DROP TABLE job;
DROP FUNCTION job_announce;
