import type { LevelNote } from "../../ports/level-record.ts";
import type { AccountShape } from "../../ports/trading-account.ts";
import { contains, type Owner, type Scope, scopesOf } from "../../trading/scope.ts";
import { ownersIn } from "./owners.ts";

/**
 * Why no position in scope can be closed, and how it can be without letting a strategy open one: scopes at BLOCK let no
 * exit out either, and only an arm lowers them. Undefined while an exit of any partition in scope may leave.
 */
export function exitsHeld(
  accounts: readonly AccountShape[],
  scope: Scope,
  notes: readonly LevelNote[],
): string | undefined {
  const blocked = new Set(notes.filter(({ level }) => level === "BLOCK").map((note) => note.scope));
  const owners = accounts.flatMap(ownersIn).filter((owner) => contains(scope, owner));
  if (owners.length === 0 || !owners.every((owner) => scopesOf(owner).some((one) => blocked.has(one))))
    return undefined;
  const inTheWay = new Set(owners.flatMap((owner) => scopesOf(owner).filter((one) => blocked.has(one))));
  const holds = [...inTheWay].map((one) => `ttt arm${flagOf(one)} --reason '…'`);
  const instead = scopesToReduce(owners, blocked).map(
    (one) => `ttt kill${flagOf(one)} --level REDUCE_ONLY --reason '…'`,
  );
  const steps = [...instead, ...holds, `ttt kill${flagOf(scope)} --flatten --reason '…'`];
  const why = `${[...inTheWay].join(", ")} at BLOCK lets no exit out either`;
  return `positions were not closed: ${why}. So that they can be, and nothing else: ${steps.join("; ")}`;
}

/** The widest scopes that cover them all and are not blocked themselves: held there, no strategy opens anything. */
function scopesToReduce(owners: readonly Owner[], blocked: ReadonlySet<Scope>): Scope[] {
  const levels = [1, 2, 3, 4].map((depth) => new Set(owners.flatMap((owner) => scopesOf(owner)[depth] ?? [])));
  return [...(levels.find((scopes) => [...scopes].every((one) => !blocked.has(one))) ?? [])];
}

const flagOf = (scope: Scope) => (scope === "global" ? "" : ` --scope ${scope}`);
