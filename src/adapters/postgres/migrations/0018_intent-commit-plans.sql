-- Up Migration

-- The token is part of the lease's key: whoever locks the key against a take-over, which changes it, neither waits for
-- a renewal nor is waited for by one.
ALTER TABLE lease ADD CONSTRAINT lease_key UNIQUE (partition, token);

-- The admission asks by key alone, so a plan made once holds for every order. Without this each connection plans every
-- statement of it anew for its first five orders, and orders wait for that.
DO $$ BEGIN
  EXECUTE replace(pg_get_functiondef('order_intent_commit'::regproc), 'FOR SHARE', 'FOR KEY SHARE');
END $$;
ALTER FUNCTION order_intent_commit SET plan_cache_mode = force_generic_plan;

-- Down Migration

ALTER FUNCTION order_intent_commit RESET plan_cache_mode;
DO $$ BEGIN
  EXECUTE replace(pg_get_functiondef('order_intent_commit'::regproc), 'FOR KEY SHARE', 'FOR SHARE');
END $$;
ALTER TABLE lease DROP CONSTRAINT lease_key;
