import type { KillState, SetLevel } from "./kill-state.ts";
import { type Level, stricter } from "./level.ts";
import type { Scope } from "./scope.ts";

/** A kill that stands somewhere beside the authority: in a file, in Redis, in the memory of a process. */
export interface LatchedKill {
  readonly scope: Scope;
  readonly level: Exclude<Level, "RUN">;
  /** The authority's epoch of this kill; undefined while the authority has not recorded it. */
  readonly epoch: number | undefined;
}

/** For each scope the epoch of its latest arm, as the authority shows it; empty while it cannot be read. */
export type ArmedEpochs = ReadonlyMap<Scope, number>;

/**
 * Whether the kill still holds: until the authority has recorded it and its scope was armed after that. So a kill that
 * was set while the authority was down outlives every arm that did not know of it.
 */
export function stillHolds(kill: LatchedKill, armed: ArmedEpochs): boolean {
  return kill.epoch === undefined || (armed.get(kill.scope) ?? 0) <= kill.epoch;
}

/** The kills that hold, as a store's state. The epoch is the latest that any of them knows. */
export function latchedState(kills: readonly LatchedKill[], armed: ArmedEpochs): KillState {
  const levels = new Map<Scope, SetLevel>();
  let epoch = 0;
  for (const kill of kills) {
    if (!stillHolds(kill, armed)) continue;
    const before = levels.get(kill.scope);
    const since = Math.max(before?.since ?? 0, kill.epoch ?? 0);
    levels.set(kill.scope, { level: stricter(before?.level ?? "RUN", kill.level), since });
    epoch = Math.max(epoch, since);
  }
  return { epoch, levels };
}

/** Whether the authority has yet to record this kill; also when it forgot, as after the restore of a backup. */
export function isUnrecorded(kill: LatchedKill, authorityEpoch: number): boolean {
  return kill.epoch === undefined || kill.epoch > authorityEpoch;
}
