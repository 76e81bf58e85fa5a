-- Up Migration

-- Arms that wait for a second person. One becomes worthless when its scope is killed anew: `since` is the epoch of the
-- level that the requester saw.
CREATE TABLE arm_request (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  scope        text NOT NULL,
  since        bigint NOT NULL,
  reason       text NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  approved_by  text,
  approved_at  timestamptz,
  -- The epoch that the arm began.
  armed_epoch  bigint
);

CREATE INDEX arm_request_waiting ON arm_request (id) WHERE armed_epoch IS NULL;

-- How old the oldest reconciliation certificate of the worker's partitions was when it confirmed; null without one.
ALTER TABLE worker_ack ADD COLUMN certificate_age_ms float8;

-- Down Migration

ALTER TABLE worker_ack DROP COLUMN certificate_age_ms;
DROP TABLE arm_request;
