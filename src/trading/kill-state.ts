import { type Level, stricter, strictest } from "./level.ts";
import { type Owner, type Scope, scopesOf, strategyScopes } from "./scope.ts";

/**
 * The latched trading levels as one store shows them. The epoch grows by one with every change of any level and is
 * never used twice. A scope that is not listed has no level of its own; only the authority's global row is required.
 */
export interface KillState {
  readonly epoch: number;
  readonly levels: ReadonlyMap<Scope, SetLevel>;
}

/** A level and the epoch at which it was set. */
export interface SetLevel {
  readonly level: Level;
  readonly since: number;
}

/** `authority` decides, `copy` must agree before anything runs, `latch` can only kill (a local file, a process flag). */
export type StoreRole = "authority" | "copy" | "latch";

/** What one look at one store gave. `absent` means that the store answered and holds no kill state. */
export type StoreReading =
  | { readonly store: string; readonly role: StoreRole; readonly status: "read"; readonly state: KillState }
  | { readonly store: string; readonly role: StoreRole; readonly status: "absent" | "unreachable" };

/** The stores read as one, and why it blocks where it does. */
export interface CombinedKillState extends KillState {
  /** Stores that force a BLOCK because they are silent, empty or of another epoch. */
  readonly missing: readonly string[];
  /** Whether authority and copies all show the same epoch. */
  readonly agreed: boolean;
}

/**
 * Any store can kill, all must agree to run (KS-06). A store that is silent blocks; an authority or a copy that is
 * empty blocks (KS-08); an empty latch does not, because it has nothing to say. The epoch is the authority's.
 */
export function combineStores(readings: readonly StoreReading[]): CombinedKillState {
  const levels = new Map<Scope, SetLevel>();
  const missing: string[] = [];
  const epochs = new Set<number>();
  let epoch = 0;
  for (const reading of readings) {
    if (reading.status !== "read") {
      if (reading.status === "unreachable" || reading.role !== "latch") missing.push(reading.store);
      continue;
    }
    raise(levels, reading.state.levels);
    if (reading.role !== "latch") epochs.add(reading.state.epoch);
    if (reading.role === "authority") {
      epoch = reading.state.epoch;
      if (!reading.state.levels.has("global")) missing.push(reading.store);
    }
  }
  if (!readings.some((reading) => reading.role === "authority")) missing.push("authority");
  if (missing.length > 0) levels.set("global", { level: "BLOCK", since: epoch });
  return { epoch, levels, missing, agreed: missing.length === 0 && epochs.size === 1 };
}

/** The level that governs an order of this owner: the strictest over all scopes it lies in (KS-03). */
export function effectiveLevel(state: KillState, owner: Owner): Level {
  return strictest(scopesOf(owner).map((scope) => levelOf(state, scope)));
}

/** The level set at exactly this scope. */
export function levelOf(state: KillState, scope: Scope): Level {
  return state.levels.get(scope)?.level ?? "RUN";
}

/** The widest scope that holds the owner at its effective level: named in refusals. */
export function decidingScope(state: KillState, owner: Owner): Scope {
  const level = effectiveLevel(state, owner);
  return scopesOf(owner).find((scope) => levelOf(state, scope) === level) ?? "global";
}

/**
 * The level after a kill of `requested`: never weaker than before (KS-20). `changed` is false when the kill asks for
 * nothing new, and then the epoch stays.
 */
export function kill(state: KillState, scope: Scope, requested: Level): { state: KillState; changed: boolean } {
  const before = levelOf(state, scope);
  const after = stricter(before, requested);
  if (after === before && state.levels.has(scope)) return { state, changed: false };
  return { state: withLevel(state, scope, after), changed: true };
}

/** The state after an arm: the one way to lower a level. Always a new epoch (KS-23); wider scopes stay as they are. */
export function arm(state: KillState, scope: Scope, level: Level): KillState {
  return withLevel(state, scope, level);
}

/**
 * The epoch of the latest arm that let this owner's strategy go on, as far as the levels still show it; 0 when they show
 * none. An arm is the act of a person, always (KS-23, KS-24).
 */
export function armedSince(state: KillState, owner: Omit<Owner, "instrument">): number {
  const armed = strategyScopes(owner).flatMap((scope) => {
    const set = state.levels.get(scope);
    return set?.level === "RUN" ? [set.since] : [];
  });
  return Math.max(0, ...armed);
}

function withLevel(state: KillState, scope: Scope, level: Level): KillState {
  return { epoch: state.epoch + 1, levels: new Map(state.levels).set(scope, { level, since: state.epoch + 1 }) };
}

/** Takes over every level that is stricter than the one there is. */
function raise(levels: Map<Scope, SetLevel>, by: ReadonlyMap<Scope, SetLevel>): void {
  for (const [scope, set] of by) {
    const held = levels.get(scope);
    if (held === undefined || (held.level !== set.level && stricter(held.level, set.level) === set.level))
      levels.set(scope, set);
  }
}
