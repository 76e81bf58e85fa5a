-- Up Migration

-- The admission asks by key alone, so a plan made once holds for every order. Without this each connection plans every
-- statement of it anew for its first five orders, and orders wait for that.
ALTER FUNCTION order_intent_commit SET plan_cache_mode = force_generic_plan;

-- Down Migration

ALTER FUNCTION order_intent_commit RESET plan_cache_mode;
