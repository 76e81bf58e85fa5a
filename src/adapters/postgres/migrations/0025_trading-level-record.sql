-- Up Migration

-- Takes up a kill that was set in a copy. Where another kill holds the scope at least as strictly, the level stays and
-- the kill is a change of its own all the same, with an epoch and a row of the journal: whoever arms must learn of it.
-- Once for each command id. One statement, so that nobody who stops in the middle of it keeps the epoch locked.
CREATE FUNCTION trading_level_record(
  p_scope text, p_level text, p_reason text, p_actor text, p_origin text, p_command_id text
) RETURNS TABLE (scope text, level text, epoch bigint, changed boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  held trading_level;
  beside text;
BEGIN
  IF p_level = 'RUN' THEN RAISE EXCEPTION 'a raise cannot arm'; END IF;
  PERFORM 1 FROM trading_epoch FOR UPDATE;
  SELECT * INTO held FROM trading_level t
  WHERE t.scope = p_scope AND trading_level_rank(t.level) >= trading_level_rank(p_level)
    AND NOT EXISTS (SELECT 1 FROM trading_level_command c WHERE c.command_id = p_command_id);
  IF NOT FOUND THEN
    RETURN QUERY SELECT * FROM trading_level_raise(p_scope, p_level, p_reason, p_actor, p_origin, p_command_id);
    RETURN;
  END IF;
  -- Kills one beside the other are told together, up to a length; the journal has the words of each.
  beside := format('%s (%s, beside the %s of epoch %s by %s: %s)',
    p_reason, p_level, held.level, held.epoch, held.actor, held.reason);
  RETURN QUERY SELECT p_scope, held.level, trading_level_write(
    p_scope, held.level, 'trading-level.raised', left(beside, 2000), p_actor, p_origin, p_command_id), true;
END $$;

-- Down Migration

DROP FUNCTION trading_level_record;
