import { accept, type Result, refuse } from "../../core/result.ts";
import type { Scope } from "../scope.ts";
import { isStricter, type LimitKind, type LimitName, type LimitRow, type LimitSet, standingAt } from "./limits.ts";

/** A change of one limit at one scope, as somebody asks for it. */
export interface LimitChange {
  readonly name: LimitName;
  readonly scope: Scope;
  /** `null` lifts the limit on purpose. */
  readonly value: number | null;
  readonly kind: LimitKind;
  readonly reason: string;
  readonly requestedBy: string;
  readonly approvedBy: string | undefined;
  /** Wall time at which the change ends and what held before holds again. */
  readonly expires?: number;
}

export type LimitRefusal =
  | { readonly code: "REASON_MISSING" }
  | { readonly code: "VALUE_INVALID"; readonly value: number }
  | { readonly code: "APPROVAL_MISSING" }
  | { readonly code: "APPROVED_BY_REQUESTER"; readonly who: string }
  | { readonly code: "EXPIRY_IN_PAST"; readonly expires: number };

/** Under what a change is judged. */
export interface ChangeCircumstances {
  readonly epoch: number;
  readonly wall: number;
  /** Whoever asks may also approve, which holds only where all money is paper. */
  readonly onePerson?: boolean;
}

/**
 * The limits after a change (RC-07). What allows less counts at once and needs nobody else; what allows more needs a
 * second person, and counts from the next epoch on, so that it never lands between a decision and its order.
 */
export function changeLimit(
  set: LimitSet,
  change: LimitChange,
  now: ChangeCircumstances,
): Result<LimitSet, LimitRefusal> {
  const { name, scope, value, kind, reason, requestedBy, approvedBy, expires } = change;
  if (reason.trim() === "") return refuse({ code: "REASON_MISSING" });
  if (value !== null && !(Number.isFinite(value) && value >= 0)) return refuse({ code: "VALUE_INVALID", value });
  if (expires !== undefined && expires <= now.wall) return refuse({ code: "EXPIRY_IN_PAST", expires });
  const before = rowInForce(set, name, scope, now.epoch);
  const raises = allowsMore(change, before, now.wall);
  if (raises) {
    if (approvedBy === undefined) return refuse({ code: "APPROVAL_MISSING" });
    if (approvedBy === requestedBy && now.onePerson !== true) {
      return refuse({ code: "APPROVED_BY_REQUESTER", who: requestedBy });
    }
  }
  const row: LimitRow = {
    name,
    scope,
    value,
    kind,
    fromEpoch: raises ? now.epoch + 1 : 0,
    ...(expires === undefined ? {} : { expires, ...afterwards(name, before, now.wall) }),
  };
  // A stricter value takes the place of everything set for this limit and scope, a wider one that waits included.
  const kept = set.rows.filter((one) => one.name !== name || one.scope !== scope || (raises && one === before));
  return accept({ version: set.version + 1, rows: [...kept, row] });
}

/** Whether the change allows anything that is not allowed now. Making a hard limit soft does. */
function allowsMore({ name, value, kind }: LimitChange, before: LimitRow | undefined, wall: number): boolean {
  if (before === undefined) return value === null;
  const held = standingAt(before, wall);
  if (held.value === null) return false;
  if (held.kind === "hard" && kind === "soft") return true;
  return value === null || isStricter(name, held.value, value);
}

/**
 * What holds again when a temporary change ends. On top of another temporary one it is the stricter of that one and of
 * what that one would have gone back to: neither end may bring back more than was approved for that time.
 */
function afterwards(
  name: LimitName,
  before: LimitRow | undefined,
  wall: number,
): { revertsTo: number | null; revertsToKind?: LimitKind } {
  if (before === undefined) return { revertsTo: null };
  const held = standingAt(before, wall);
  const later = standingAt(before, Number.POSITIVE_INFINITY);
  const stricter = later.value !== null && (held.value === null || isStricter(name, later.value, held.value));
  return {
    revertsTo: stricter ? later.value : held.value,
    revertsToKind: held.kind === "hard" || later.kind === "hard" ? "hard" : "soft",
  };
}

function rowInForce(set: LimitSet, name: LimitName, scope: Scope, epoch: number): LimitRow | undefined {
  return set.rows.findLast((row) => row.name === name && row.scope === scope && (row.fromEpoch ?? 0) <= epoch);
}
