import type { Cancel } from "../core/clock.ts";
import type { LimitChange } from "../trading/risk/limit-change.ts";
import type { LimitSet } from "../trading/risk/limits.ts";
import type { SoftOverride } from "../trading/risk/soft-override.ts";

/** A change that allows more, as it waits for its second person. Times are wall milliseconds. */
export interface LimitRequest {
  readonly id: number;
  readonly change: LimitChange;
  readonly requestedAt: number;
  /** The version it became; undefined while it waits. */
  readonly version: number | undefined;
}

/** One version and what made it. */
export interface LimitVersion {
  readonly version: number;
  readonly change: LimitChange;
  readonly epoch: number;
  readonly actor: string;
  readonly at: number;
}

/** What a change of limits is decided on: nothing of it can change before the decision is written. */
export interface HeldLimits {
  /** Undefined when no limit was ever set. */
  readonly set: LimitSet | undefined;
  readonly epoch: number;
  readonly wall: number;
  /** The request that was named; undefined when there is none of that number. */
  readonly request: LimitRequest | undefined;
}

/** What is to be written: a new version, or a request for one; and the journal's words for it. */
export type LimitTurn =
  | {
      readonly kind: "write";
      readonly set: LimitSet;
      readonly change: LimitChange;
      /** Begins the next epoch, from which on the new version's wider limit counts. */
      readonly countsEpoch: boolean;
      readonly entry: { readonly kind: string; readonly body: unknown };
    }
  | {
      readonly kind: "ask";
      readonly change: LimitChange;
      readonly entry: { readonly kind: string; readonly body: unknown };
    };

/** Which row was written, and the epoch it counts from. */
export interface LimitTurnDone {
  readonly version: number | undefined;
  readonly request: number | undefined;
  readonly epoch: number;
}

/** The risk limits as data: versions, and requests that wait for approval. */
export interface LimitStore {
  /** The newest set, with the overrides that may still be used; undefined when no limit was ever set. */
  read(): Promise<LimitSet | undefined>;
  /** The trading epoch and the store's own wall time, by which limits count and end. */
  moment(): Promise<{ readonly epoch: number; readonly wall: number }>;
  /** The newest versions, newest first. */
  versions(limit: number): Promise<readonly LimitVersion[]>;
  /** Requests that wait, oldest first. */
  waiting(): Promise<readonly LimitRequest[]>;
  /**
   * Decides and writes in one transaction, one at a time, and against changes of a trading level: a decision never
   * stands on limits or an epoch that are no longer true. What `decide` throws is thrown, and nothing is written.
   */
  change(
    command: { readonly actor: string; readonly origin: string; readonly commandId: string },
    request: number | undefined,
    decide: (held: HeldLimits) => LimitTurn,
  ): Promise<LimitTurnDone>;
  /** Keeps an override and puts it on record; of the same order and code the newest counts. */
  override(
    command: { readonly actor: string; readonly origin: string; readonly commandId: string },
    override: SoftOverride & { readonly reason: string; readonly lastsMs: number },
  ): Promise<{ readonly expires: number }>;
  /** Calls whenever a newer version or override may be there, also when that cannot be ruled out. */
  onChange(listener: () => void): Promise<Cancel>;
}
