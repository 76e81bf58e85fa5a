import { nearestWord } from "../../core/nearest-word.ts";
import type { AccountShape } from "../../ports/trading-account.ts";
import { GLOBAL, type Scope, scopesOf } from "../../trading/scope.ts";
import { touches } from "./own-orders.ts";
import { ownersIn } from "./owners.ts";

/** A strategy that nothing trades: a drill on it goes the whole way and stops nobody. */
export const SENTINEL: Scope = "strategy:ttt-drill";

/**
 * Why a kill of this scope may have stopped nobody: nothing that is traded here lies in it, so most likely its name is
 * another one. Nothing where something does, where no account is known at all, and for a drill.
 */
export function doubtsOfReach(accounts: readonly AccountShape[], scope: Scope): readonly string[] {
  const everywhere = scope === GLOBAL || scope === SENTINEL || accounts.length === 0;
  if (everywhere || accounts.some((account) => touches(account, scope))) return [];
  const kind = `${scope.split(":")[0]}:`;
  const traded = new Set(accounts.flatMap(ownersIn).flatMap(scopesOf));
  const known = [...traded].filter((one) => one.startsWith(kind));
  const meant = nearestWord(scope, known);
  const words = meant === undefined ? `there is ${known.join(", ")}` : `did you mean ${meant}?`;
  return [`nothing that is traded here lies in ${scope}, so it may have stopped nobody: ${words}`];
}
