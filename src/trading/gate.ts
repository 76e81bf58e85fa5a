import { accept, type Result, refuse } from "../core/result.ts";
import { decidingScope, effectiveLevel } from "./kill-state.ts";
import type { Lease } from "./lease.ts";
import { leaseAllows } from "./lease.ts";
import type { Level } from "./level.ts";
import { type Permit, type PushedLevel, underPushes } from "./permit.ts";
import type { Owner, Scope } from "./scope.ts";

/** What the gate must know about an order that is about to leave. */
export interface Departure {
  readonly owner: Owner;
  /** The token of the lease under which the order was decided. */
  readonly token: number;
  /** The epoch under which it was decided. */
  readonly epoch: number;
  /** Proven to reduce the position when it was decided. */
  readonly reducing: boolean;
}

/** What the worker holds at this moment. */
export interface Authority {
  readonly permit: Permit | undefined;
  readonly lease: Lease | undefined;
  /** Levels pushed since the permit's read began. */
  readonly pushes: readonly PushedLevel[];
}

export type GateRefusal =
  | { readonly code: "KILL_BLOCKED"; readonly scope: Scope; readonly level: Level; readonly epoch: number }
  | { readonly code: "EPOCH_CHANGED"; readonly decided: number; readonly epoch: number }
  | { readonly code: "PERMIT_MISSING" }
  | { readonly code: "PERMIT_EXPIRED"; readonly lateMs: number }
  | { readonly code: "LEASE_MISSING" }
  | { readonly code: "LEASE_EXPIRED"; readonly lateMs: number }
  | { readonly code: "TOKEN_STALE"; readonly decided: number; readonly token: number };

/**
 * The last check before an order is written to the venue's socket (KS-11). Pure and synchronous: call it and write in
 * the same turn, with no `await` between. `now` is the monotonic clock read in that same turn.
 */
export function mayLeave(order: Departure, authority: Authority, now: number): Result<true, GateRefusal> {
  const { permit, lease, pushes } = authority;
  if (lease === undefined) return refuse({ code: "LEASE_MISSING" });
  if (order.token !== lease.token) return refuse({ code: "TOKEN_STALE", decided: order.token, token: lease.token });
  if (!leaseAllows(lease, now)) return refuse({ code: "LEASE_EXPIRED", lateMs: now - lease.expires });
  if (permit === undefined) return refuse({ code: "PERMIT_MISSING" });
  if (now >= permit.expires) return refuse({ code: "PERMIT_EXPIRED", lateMs: now - permit.expires });
  const state = underPushes(permit.state, pushes);
  const level = effectiveLevel(state, order.owner);
  if (level === "BLOCK" || (level === "REDUCE_ONLY" && !order.reducing)) {
    return refuse({ code: "KILL_BLOCKED", scope: decidingScope(state, order.owner), level, epoch: state.epoch });
  }
  if (order.epoch !== state.epoch) return refuse({ code: "EPOCH_CHANGED", decided: order.epoch, epoch: state.epoch });
  return accept(true);
}
