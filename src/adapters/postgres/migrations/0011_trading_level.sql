-- Up Migration

-- The authority on trading levels: one row a scope, latched. No row for `global` means BLOCK.
CREATE TABLE trading_level (
  scope       text PRIMARY KEY CHECK (scope = 'global' OR scope ~ '^(venue|account|strategy|instrument):\S+$'),
  level       text NOT NULL CHECK (level IN ('RUN', 'REDUCE_ONLY', 'BLOCK')),
  -- The epoch of this scope's latest change.
  epoch       bigint NOT NULL,
  -- The epoch of this scope's latest arm. A copy of a kill with an older epoch no longer holds.
  armed_epoch bigint NOT NULL,
  reason      text NOT NULL,
  actor       text NOT NULL,
  changed_at  timestamptz NOT NULL
);

-- One counter for all scopes: it grows by one with every change and is never used twice.
CREATE TABLE trading_epoch (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  epoch     bigint NOT NULL
);
INSERT INTO trading_epoch (epoch) VALUES (0);

-- Level changes that were carried out, by the id of the command, so that a repeated command changes nothing.
CREATE TABLE trading_level_command (
  command_id text PRIMARY KEY,
  scope      text NOT NULL,
  level      text NOT NULL,
  epoch      bigint NOT NULL,
  at         timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION trading_level_rank(p_level text) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT array_position(ARRAY['RUN', 'REDUCE_ONLY', 'BLOCK'], p_level) $$;

-- Writes a level, counts the epoch, journals the change and tells the listeners, all in the caller's transaction.
CREATE FUNCTION trading_level_write(
  p_scope text, p_level text, p_kind text, p_reason text, p_actor text, p_origin text, p_command_id text
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  before text;
  next bigint;
BEGIN
  -- Until the end of the transaction: a level that was acknowledged must survive a crash of the server.
  PERFORM set_config('synchronous_commit', 'on', true);
  SELECT level INTO before FROM trading_level WHERE scope = p_scope;
  UPDATE trading_epoch SET epoch = epoch + 1 RETURNING epoch INTO next;
  INSERT INTO trading_level AS t (scope, level, epoch, armed_epoch, reason, actor, changed_at)
  VALUES (p_scope, p_level, next, CASE WHEN p_level = 'RUN' THEN next ELSE 0 END, p_reason, p_actor, clock_timestamp())
  ON CONFLICT (scope) DO UPDATE SET
    level = excluded.level, epoch = excluded.epoch, reason = excluded.reason, actor = excluded.actor,
    changed_at = excluded.changed_at, armed_epoch = greatest(t.armed_epoch, excluded.armed_epoch);
  INSERT INTO trading_level_command (command_id, scope, level, epoch) VALUES (p_command_id, p_scope, p_level, next);
  PERFORM journal_append(p_kind, p_actor, p_origin, p_command_id,
    json_build_object('scope', p_scope, 'before', before, 'after', p_level, 'epoch', next, 'reason', p_reason)::text);
  PERFORM pg_notify('ttt_trading_level', json_build_object('scope', p_scope, 'level', p_level, 'epoch', next)::text);
  RETURN (next);
END $$;

-- Raises a scope to at least p_level. A repeated command and a weaker kill change nothing and count no epoch.
-- Anyone with psql can kill: SELECT * FROM trading_level_raise('global', 'BLOCK', 'reason');
CREATE FUNCTION trading_level_raise(
  p_scope text, p_level text, p_reason text,
  p_actor text DEFAULT session_user, p_origin text DEFAULT 'psql',
  p_command_id text DEFAULT gen_random_uuid()::text
) RETURNS TABLE (scope text, level text, epoch bigint, changed boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  current trading_level;
BEGIN
  IF p_level = 'RUN' THEN RAISE EXCEPTION 'a raise cannot arm'; END IF;
  PERFORM 1 FROM trading_epoch FOR UPDATE;
  SELECT * INTO current FROM trading_level t WHERE t.scope = p_scope;
  IF EXISTS (SELECT 1 FROM trading_level_command c WHERE c.command_id = p_command_id)
     OR coalesce(trading_level_rank(current.level) >= trading_level_rank(p_level), false) THEN
    RETURN QUERY SELECT p_scope, coalesce(current.level, 'BLOCK'), coalesce(current.epoch, 0), false;
    RETURN;
  END IF;
  RETURN QUERY SELECT p_scope, p_level,
    trading_level_write(p_scope, p_level, 'trading-level.raised', p_reason, p_actor, p_origin, p_command_id), true;
END $$;

-- Lowers a scope to RUN, provided that no level has changed since p_expected_epoch. Returns no row when one has.
CREATE FUNCTION trading_level_arm(
  p_scope text, p_expected_epoch bigint, p_reason text, p_actor text, p_origin text, p_command_id text
) RETURNS TABLE (scope text, level text, epoch bigint, changed boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  done trading_level_command;
  current bigint;
BEGIN
  SELECT e.epoch INTO current FROM trading_epoch e FOR UPDATE;
  SELECT * INTO done FROM trading_level_command c WHERE c.command_id = p_command_id;
  IF FOUND THEN
    RETURN QUERY SELECT done.scope, done.level, done.epoch, false;
    RETURN;
  END IF;
  IF current <> p_expected_epoch THEN RETURN; END IF;
  RETURN QUERY SELECT p_scope, 'RUN'::text,
    trading_level_write(p_scope, 'RUN', 'trading-level.armed', p_reason, p_actor, p_origin, p_command_id), true;
END $$;

-- Writes the first level of an environment that has none yet. Later it does nothing: only an arm lowers a level.
CREATE FUNCTION trading_level_found(p_level text, p_reason text, p_actor text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM trading_epoch FOR UPDATE;
  IF EXISTS (SELECT 1 FROM trading_level WHERE scope = 'global') THEN RETURN false; END IF;
  PERFORM trading_level_write('global', p_level, 'trading-level.founded', p_reason, p_actor, '', 'founded:global');
  RETURN true;
END $$;

-- Down Migration

DROP FUNCTION trading_level_found;
DROP FUNCTION trading_level_arm;
DROP FUNCTION trading_level_raise;
DROP FUNCTION trading_level_write;
DROP FUNCTION trading_level_rank;
DROP TABLE trading_level_command;
DROP TABLE trading_epoch;
DROP TABLE trading_level;
