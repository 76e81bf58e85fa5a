-- Up Migration
-- What operators and the supervisor did, in order: the base of timelines and audits.
CREATE TABLE operations_journal (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL DEFAULT now(),
  actor       text        NOT NULL,
  action      text        NOT NULL,
  subject     text        NOT NULL,
  detail      jsonb       NOT NULL DEFAULT '{}'
);
CREATE INDEX operations_journal_at ON operations_journal (at);

-- Down Migration
DROP TABLE operations_journal;
