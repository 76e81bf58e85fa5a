-- Up Migration

-- Who may speak to the API. A token is shown once, when it is made; only its digest is kept.
CREATE TABLE api_token (
  name         text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9-]{0,62}$'),
  digest       bytea NOT NULL UNIQUE,
  role         text NOT NULL CHECK (role IN ('viewer', 'operator', 'risk', 'admin')),
  created_by   text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at   timestamptz NOT NULL,
  revoked_at   timestamptz,
  last_used_at timestamptz
);

-- What a caller's idempotency key stands for, and what it was answered.
CREATE TABLE api_answer (
  caller      text NOT NULL,
  key         text NOT NULL,
  -- Of method, address and body: the same key with another request is a mistake.
  fingerprint bytea NOT NULL,
  status      integer,
  headers     json,
  body        text,
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (caller, key)
);
CREATE INDEX api_answer_by_age ON api_answer (at);

-- Down Migration

DROP TABLE api_answer;
DROP TABLE api_token;
