import { type CombinedKillState, combineStores, type KillState, type StoreReading } from "./kill-state.ts";
import { type Level, stricter } from "./level.ts";
import type { Scope } from "./scope.ts";

/** How long a permit lasts without a new read of the authority. The hard bound of kill propagation (KS-07, KS-09). */
export const PERMIT_LIFE_MS = 2_000;
/** How often it is renewed. */
export const PERMIT_RENEWAL_MS = PERMIT_LIFE_MS / 4;

/** Leave to send, which a worker keeps alive by reading the authority. Times are of the monotonic clock. */
export interface Permit {
  readonly state: CombinedKillState;
  /** When the read that it rests on began. */
  readonly readAt: number;
  readonly expires: number;
}

/**
 * The permit that a read of all stores gives, or undefined when the authority was not read: then the old permit runs
 * out by itself. It counts from the moment the read began, because a kill may have been committed right after it.
 */
export function issuePermit(
  readings: readonly StoreReading[],
  readAt: number,
  life = PERMIT_LIFE_MS,
): Permit | undefined {
  const authority = readings.find((reading) => reading.role === "authority");
  if (authority?.status !== "read") return undefined;
  return { state: combineStores(readings), readAt, expires: readAt + life };
}

/** A later read replaces an earlier one, whatever the order in which they arrive. */
export function laterPermit(held: Permit | undefined, offered: Permit): Permit {
  return held !== undefined && held.readAt > offered.readAt ? held : offered;
}

/**
 * A level that arrived by a push, a signal or the control socket. It can only raise. `epoch` is the one the authority
 * committed it with, or undefined when the authority was not reached: then only a later arm of the same scope ends it.
 */
export interface PushedLevel {
  readonly scope: Scope;
  readonly level: Level;
  readonly epoch: number | undefined;
  /** The epoch that the worker held when it arrived. */
  readonly heldEpoch: number;
}

/** Whether the authority, as read, already speaks for this push: it holds that very change or a later one of its scope. */
export function supersedes(state: KillState, push: PushedLevel): boolean {
  if (push.epoch !== undefined) return state.epoch >= push.epoch;
  return (state.levels.get(push.scope)?.since ?? 0) > push.heldEpoch;
}

/** The kill state that counts: what was read, raised by the pushes that it does not speak for yet. */
export function underPushes(state: KillState, pushes: readonly PushedLevel[]): KillState {
  const open = pushes.filter((push) => !supersedes(state, push));
  if (open.length === 0) return state;
  const levels = new Map(state.levels);
  let epoch = state.epoch;
  for (const push of open) {
    const held = levels.get(push.scope)?.level ?? "RUN";
    epoch = Math.max(epoch, push.epoch ?? 0);
    levels.set(push.scope, { level: stricter(held, push.level), since: epoch });
  }
  return { epoch, levels };
}
