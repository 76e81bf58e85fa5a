import type { Cancel } from "../core/clock.ts";
import type { KillState, StoreReading, StoreRole } from "../trading/kill-state.ts";
import type { ArmedEpochs } from "../trading/latched-kill.ts";
import type { Level } from "../trading/level.ts";
import type { Scope } from "../trading/scope.ts";
import type { Closable } from "./closable.ts";

/** The origin of what a worker raises by itself. */
export const AUTOMATIC = "automatic";

/** A level to be raised. Repeating it with the same id changes nothing (KS-20). */
export interface LevelRaise {
  readonly commandId: string;
  readonly scope: Scope;
  readonly level: Exclude<Level, "RUN">;
  readonly reason: string;
  readonly actor: string;
  /** Where from: `cli host=a pid=1`, `api 10.0.0.1`, `worker-2`. */
  readonly origin: string;
  /** The authority's epoch of this very change, once it is known: what tells a copy from an unrecorded kill. */
  readonly epoch?: number;
}

/** What a store holds after a change. */
export interface LevelChanged {
  readonly scope: Scope;
  readonly level: Level;
  readonly epoch: number;
  /** False when it held this level, or this command, already. */
  readonly changed: boolean;
}

/** What every place that can kill does. */
interface KillPlace extends Closable {
  readonly name: string;
  readonly role: StoreRole;
  /** Raises a level. Rejects with an OutageError when the store did not accept it. */
  raise(raise: LevelRaise): Promise<LevelChanged>;
  /** Calls when a level may have changed; with the change when the push carried it. */
  onChange(listener: (change: LevelChanged | undefined) => void): Promise<Cancel>;
}

/** The authority's reading comes with the latest arm of each scope. */
export type AuthorityReading = StoreReading & { readonly armed?: ArmedEpochs };

export interface LevelArm {
  readonly commandId: string;
  readonly scope: Scope;
  /** The epoch that was examined: another one means that something changed since, and nothing is armed. */
  readonly expectedEpoch: number;
  readonly reason: string;
  readonly actor: string;
  readonly origin: string;
}

/** The authority: the one store that counts epochs and can arm. */
export interface KillAuthority extends KillPlace {
  readonly role: "authority";
  /** Never rejects: an authority that does not answer in its time is `unreachable`. */
  read(): Promise<AuthorityReading>;
  /**
   * Takes up a kill that was set elsewhere. Unlike a raise it is a change of its own, with an epoch, also on a scope
   * that is held already: whoever arms must learn of it. Once for each command id.
   */
  record(raise: LevelRaise): Promise<LevelChanged>;
  /** Lowers a scope to RUN; undefined when the epoch is not the expected one any more. */
  arm(arm: LevelArm): Promise<LevelChanged | undefined>;
  /** Writes the first level of a new environment; does nothing when it has one. True when it was new. */
  found(level: Level, reason: string, actor: string): Promise<boolean>;
}

/** A copy beside the authority, or a latch that can only kill (KS-06). */
export interface KillCopy extends KillPlace {
  readonly role: "copy" | "latch";
  /** What still holds of it, given the arms that the authority shows. Never rejects. */
  read(armed: ArmedEpochs): Promise<StoreReading>;
  /**
   * Takes over what the authority shows. A kill that this store holds and the authority has not recorded yet stays.
   * Not an arm: it only repeats one (KS-08).
   */
  follow(state: KillState, armed: ArmedEpochs): Promise<void>;
  /** Kills that only this store knows: someone set them here while the authority was not asked. */
  unrecorded(authorityEpoch: number): Promise<readonly UnrecordedKill[]>;
}

export interface UnrecordedKill {
  readonly scope: Scope;
  readonly level: Exclude<Level, "RUN">;
  readonly reason: string;
  /** Who set it and from where, when the copy knows: whoever records it records that. */
  readonly actor?: string;
  readonly origin?: string;
  /** Equal for the same kill however often it is read, so that recording it twice is harmless. */
  readonly commandId: string;
}
