import { isLimitName } from "./limit-value.ts";
import type { LimitRow, LimitSet } from "./limits.ts";

/**
 * A stored set as it is traded by: with the environment's own value wherever nobody ever set a limit for everything,
 * and without limits that this build does not know. A set stored before a limit existed so does not deny every order.
 */
export function completeLimits(stored: LimitSet | undefined, defaults: LimitSet): LimitSet {
  if (stored === undefined) return defaults;
  const known = stored.rows.filter(({ name }) => isLimitName(name));
  const set = new Set(known.filter(({ scope }) => scope === "global").map(({ name }) => name));
  const missing = defaults.rows.filter((row: LimitRow) => row.scope === "global" && !set.has(row.name));
  return { ...stored, rows: [...missing, ...known] };
}
