import type { Level } from "../../trading/level.ts";
import type { Scope } from "../../trading/scope.ts";

/** What became of a kill, with the evidence for it (KS-19). */
export interface KillReport {
  readonly commandId: string;
  readonly scope: Scope;
  /** The level asked for, and the one that holds at the scope now as far as it is known. */
  readonly level: Level;
  readonly epoch: number | undefined;
  readonly reason: string;
  readonly verdict: KillVerdict;
  /** Why it is not `verified`, in words. */
  readonly doubts: readonly string[];
  /** Other scopes that are held beside this one, each to be armed by itself: `strategy:sma-cross at BLOCK`. */
  readonly held: readonly string[];
  /** Whose kill holds the scope, where another one did so before this; undefined when this one set it, or nobody knows. */
  readonly since: { readonly by: string; readonly at: string; readonly reason: string } | undefined;
  readonly stores: readonly StoreEvidence[];
  readonly workers: readonly WorkerEvidence[];
  readonly accounts: readonly AccountEvidence[];
  /** Own open orders in scope at the last look; undefined when no venue could be asked. */
  readonly ordersAfter: number | undefined;
  /** From the command to the last worker's acknowledgement, milliseconds; undefined when one did not come. */
  readonly propagationMs: number | undefined;
  readonly durationMs: number;
  /** Number of the journal's row with this report; undefined when it could not be written. */
  readonly journal: number | undefined;
}

export type KillVerdict =
  | "verified"
  | "unacknowledged"
  | "residual-orders"
  | "residual-position"
  | "not-stored"
  | "interrupted";

export interface StoreEvidence {
  /** `postgres`, `redis`, `file`, `process`. */
  readonly store: string;
  readonly accepted: boolean;
  /** False when there was nothing to change: it was held before, or a worker that was told first had just set it. */
  readonly changed?: boolean;
  readonly error?: string;
}

export interface WorkerEvidence {
  readonly worker: string;
  /** `store`: it wrote its acknowledgement; `socket`: it answered; `expired`: its permit ran out; `none`: not known. */
  readonly by: "store" | "socket" | "expired" | "none";
  readonly epoch?: number;
  /** Orders it had sent by then. */
  readonly lastSent?: number;
  readonly afterMs?: number;
}

export interface AccountEvidence {
  readonly venue: string;
  readonly account: string;
  readonly ordersBefore: readonly string[];
  readonly canceled: readonly string[];
  readonly filledWhileCancelling: readonly string[];
  readonly ordersAfter: readonly string[];
  /** Open orders of the account that are not ours: listed, never touched (KS-02). */
  readonly foreign: readonly string[];
  readonly positionsBefore: readonly PositionEvidence[];
  readonly positionsAfter: readonly PositionEvidence[];
  /** The venue's time of the last look. */
  readonly snapshotAt: string | undefined;
  /** Two looks in a row, far enough apart, showed no own order in scope (KS-14). */
  readonly proven: boolean;
  readonly error?: string;
}

export interface PositionEvidence {
  readonly instrument: string;
  readonly quantity: number;
}
