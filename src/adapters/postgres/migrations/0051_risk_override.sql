-- Up Migration

-- Soft limits that an operator lets one order pass, for a while. The journal holds who and why as well.
CREATE TABLE risk_override (
  order_id    text NOT NULL,
  code        text NOT NULL,
  -- How far over the limit the order may be, in the limit's unit.
  breach      float8 NOT NULL,
  reason      text NOT NULL CHECK (reason <> ''),
  actor       text NOT NULL,
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at  timestamptz NOT NULL,
  PRIMARY KEY (order_id, code)
);

-- Down Migration

DROP TABLE risk_override;
