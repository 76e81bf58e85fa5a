import type { DecisionRecord } from "../trading/decision.ts";
import type { Fill } from "../trading/fill.ts";
import type { Departure } from "../trading/gate.ts";
import type { Lots } from "../trading/instrument.ts";
import type { Intent } from "../trading/intent.ts";
import type { Level } from "../trading/level.ts";
import type { ClientOrderId, Order, OrderTerms } from "../trading/order.ts";
import type { Position } from "../trading/position.ts";
import type { AdmissionRequest } from "../trading/risk/account-admission.ts";
import type { Scope } from "../trading/scope.ts";
import type { VenueOrder } from "../trading/snapshot.ts";
import type { OperatorAction } from "./events.ts";

/** Something the worker is to do now, in the order given. Nothing here waits: the answer comes back as an event. */
export type Command =
  /** Read what the store holds of the partition; answer `partition-loaded`. Only after the lease was taken. */
  | { readonly kind: "load-partition"; readonly token: number }
  /**
   * Write these intents with their decisions in one transaction that fails unless `token` is the lease's current one
   * (OL-02, OL-04). Idempotent by id. Answer `intents-committed`, `intents-refused` or `intents-uncertain`.
   */
  | {
      readonly kind: "commit-intents";
      readonly turn: number;
      readonly token: number;
      readonly intents: readonly Intent[];
      /** What the store admits them by, against the whole account, in the same transaction (RC-04). */
      readonly admission: AdmissionRequest;
    }
  /** Keep the records of what was denied. Losing one loses no safety. */
  /** One denial. In a storm of them there is no record in most: they are only counted (KS-31). */
  | {
      readonly kind: "record-denials";
      readonly token: number;
      readonly code: string;
      readonly decisions: readonly DecisionRecord[];
    }
  /** Hand to the egress, which calls `mayLeave` and writes in the same turn. Only ever follows a durable commit. */
  | {
      readonly kind: "submit";
      readonly id: ClientOrderId;
      readonly sequence: number;
      readonly terms: OrderTerms;
      readonly departure: Departure;
    }
  /** Passes at every level and without permit or lease (KS-12). */
  | { readonly kind: "cancel"; readonly id: ClientOrderId }
  /** Ask the venue by client id; answer `order-found` or `order-unknown`. Always passes. */
  | { readonly kind: "query-order"; readonly request: number; readonly id: ClientOrderId }
  /** Take a snapshot of the account, with fills since the cursor; answer `snapshot-taken`. Always passes. */
  | { readonly kind: "request-snapshot"; readonly request: number; readonly fillCursor: string }
  /** Write the new truth about orders, fills and positions, conditional on the token, in the order of `sequence`. */
  | ({ readonly kind: "record-book" } & BookChange)
  /** This worker acts under the epoch now; nothing above `lastSent` has left (KS-10). */
  | { readonly kind: "acknowledge-level"; readonly epoch: number; readonly level: Level; readonly lastSent: number }
  /** Raise a level at the authority. Never lowers, never repeats for the same id (KS-25). */
  | {
      readonly kind: "raise-level";
      readonly id: string;
      readonly scope: Scope;
      readonly level: Level;
      readonly code: string;
      readonly reason: string;
    }
  | { readonly kind: "record-certificate"; readonly certificate: ReconciliationCertificate }
  /** Push the venue's dead-man's switch out by `timeoutMs`; sent only while lease and permit hold (KS-27). */
  | { readonly kind: "refresh-dead-man"; readonly timeoutMs: number }
  /** The last act of a clean stop, when nothing is refreshed any more. */
  | { readonly kind: "disarm-dead-man" }
  | { readonly kind: "report-progress"; readonly evidence: ActionEvidence }
  /** For a person, within seconds (RC-53). */
  | { readonly kind: "alert"; readonly code: string; readonly text: string }
  /** Drained: everything is resolved and recorded; the lease may be given back (OL-09). */
  | { readonly kind: "release-lease"; readonly token: number };

export interface BookChange {
  readonly token: number;
  /**
   * Counts the session's book changes from 1. Apply them in this order, each once: a change whose number is not above
   * the last one applied under this token has been applied already, and a write that was given up and arrives late
   * must not put old positions over new ones.
   */
  readonly change: number;
  readonly orders: readonly Order[];
  readonly fills: readonly Fill[];
  readonly positions: readonly Position[];
  readonly fillCursor?: string;
}

/** Proof that own records and the venue's agreed (OL-05). Without one there is no new risk. */
export interface ReconciliationCertificate {
  readonly token: number;
  readonly epoch: number;
  /** Wall time of the session and of the venue's snapshot. */
  readonly issuedAt: number;
  readonly snapshotAt: number;
  readonly openOrders: number;
  readonly positions: ReadonlyArray<{ readonly instrument: string; readonly lots: Lots }>;
  /** Orders found only at the venue and taken over, and fills that came only with the snapshot. */
  readonly adoptedOrders: number;
  readonly adoptedFills: number;
}

/** How far an operator's request has come, as the venue showed it (KS-19). */
export interface ActionEvidence {
  readonly request: string;
  readonly action: OperatorAction;
  readonly phase: "waiting" | "cancelling" | "flattening" | "done" | "residual" | "refused";
  readonly ordersBefore: readonly ClientOrderId[];
  readonly canceled: readonly ClientOrderId[];
  readonly filledWhileCancelling: readonly ClientOrderId[];
  readonly unresolved: readonly ClientOrderId[];
  readonly remaining: readonly ClientOrderId[];
  /** Open orders of the account that are not ours: listed, never touched (KS-02). */
  readonly foreign: readonly VenueOrder[];
  readonly positionsBefore: ReadonlyArray<{ readonly instrument: string; readonly lots: Lots }>;
  readonly positionsAfter: ReadonlyArray<{ readonly instrument: string; readonly lots: Lots }>;
  readonly snapshotAt?: number;
  readonly reason?: string;
}
