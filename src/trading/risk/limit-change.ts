import { accept, type Result, refuse } from "../../core/result.ts";
import type { Scope } from "../scope.ts";
import { isStricter, type LimitKind, type LimitName, type LimitRow, type LimitSet } from "./limits.ts";

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

/**
 * The limits after a change (RC-07). What allows less counts at once and needs nobody else; what allows more needs a
 * second person, and counts from the next epoch on, so that it never lands between a decision and its order.
 */
export function changeLimit(
  set: LimitSet,
  change: LimitChange,
  now: { readonly epoch: number; readonly wall: number },
): Result<LimitSet, LimitRefusal> {
  const { name, scope, value, kind, reason, requestedBy, approvedBy, expires } = change;
  if (reason.trim() === "") return refuse({ code: "REASON_MISSING" });
  if (value !== null && !(Number.isFinite(value) && value >= 0)) return refuse({ code: "VALUE_INVALID", value });
  if (expires !== undefined && expires <= now.wall) return refuse({ code: "EXPIRY_IN_PAST", expires });
  const before = rowInForce(set, name, scope, now.epoch);
  const raises = allowsMore(name, change, before);
  if (raises) {
    if (approvedBy === undefined) return refuse({ code: "APPROVAL_MISSING" });
    if (approvedBy === requestedBy) return refuse({ code: "APPROVED_BY_REQUESTER", who: requestedBy });
  }
  const row: LimitRow = {
    name,
    scope,
    value,
    kind,
    fromEpoch: raises ? now.epoch + 1 : 0,
    ...(expires === undefined ? {} : { expires, revertsTo: before?.value ?? null }),
  };
  // A stricter value takes the place of everything set for this limit and scope, a wider one that waits included.
  const kept = set.rows.filter((one) => one.name !== name || one.scope !== scope || (raises && one === before));
  return accept({ version: set.version + 1, rows: [...kept, row] });
}

/** Whether the change allows anything that was not allowed before. Making a hard limit soft does. */
function allowsMore(name: LimitName, change: LimitChange, before: LimitRow | undefined): boolean {
  if (before === undefined) return change.value === null;
  if (before.kind === "hard" && change.kind === "soft") return true;
  if (before.value === null) return false;
  return change.value === null || isStricter(name, before.value, change.value);
}

function rowInForce(set: LimitSet, name: LimitName, scope: Scope, epoch: number): LimitRow | undefined {
  return set.rows.findLast((row) => row.name === name && row.scope === scope && (row.fromEpoch ?? 0) <= epoch);
}
