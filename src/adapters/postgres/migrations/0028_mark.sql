-- Up Migration

-- The last price of every instrument that somebody trades, for people who look at open positions. One row an
-- instrument, written by the workers at most once a second; nothing is decided by it.
CREATE TABLE mark (
  venue      text NOT NULL,
  instrument text NOT NULL,
  price      numeric NOT NULL,
  -- Value of one unit of price for one unit of quantity, in the currency of the account.
  multiplier numeric NOT NULL,
  at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (venue, instrument)
);
