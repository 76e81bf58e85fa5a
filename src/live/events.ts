import type { Bar } from "../trading/bar.ts";
import type { Fill } from "../trading/fill.ts";
import type { Instant } from "../trading/instant.ts";
import type { InstrumentId, Lots, Ticks } from "../trading/instrument.ts";
import type { Lease } from "../trading/lease.ts";
import type { Level } from "../trading/level.ts";
import type { ClientOrderId, VenueOrderId } from "../trading/order.ts";
import type { Permit } from "../trading/permit.ts";
import type { AccountView } from "../trading/risk/account-view.ts";
import type { MarketStatus, Permissions } from "../trading/risk/context.ts";
import type { LimitSet } from "../trading/risk/limits.ts";
import type { Scope } from "../trading/scope.ts";
import type { VenueOrder, VenueSnapshot } from "../trading/snapshot.ts";
import type { StoredPartition } from "./stored.ts";

/** Something that happened. `at` is when the worker took it up, read in the same turn in which it calls `step`. */
export type SessionEvent = { readonly at: Instant } & Happening;

export type Happening =
  /** Time passed: at `session.wakeAt`, or earlier, or at any other moment. */
  | { readonly kind: "timer" }
  /** The answer to `load-partition`: what the store holds of it. The first thing after a lease. */
  | { readonly kind: "partition-loaded"; readonly stored: StoredPartition }
  | { readonly kind: "lease-held"; readonly lease: Lease }
  | { readonly kind: "lease-lost" }
  | { readonly kind: "permit-read"; readonly permit: Permit }
  /** A level by push, socket or signal. `epoch` undefined: the authority was not reached by whoever sent it. */
  | { readonly kind: "level-pushed"; readonly scope: Scope; readonly level: Level; readonly epoch: number | undefined }
  | { readonly kind: "limits-read"; readonly limits: LimitSet }
  /** Cash, margin and what the account's other partitions hold and have open. */
  | { readonly kind: "account-read"; readonly view: AccountView }
  | { readonly kind: "operator-asked"; readonly request: OperatorRequest }
  /** A bar has closed. */
  | {
      readonly kind: "bar-closed";
      readonly instrument: InstrumentId;
      readonly bar: Bar;
      /** A bar of the past, to warm up with: nothing is ordered on it. */
      readonly history?: boolean;
    }
  /** A newer reference price than the last bar's close. `source` tells feeds apart (RC-16). */
  | { readonly kind: "price-seen"; readonly instrument: InstrumentId; readonly price: Ticks; readonly source: string }
  /** The venue's clock, for RC-51. */
  | { readonly kind: "venue-time"; readonly wall: number }
  /** The commit of a turn is durable. Intents that the account's shared limits refused are named (RC-04). */
  | { readonly kind: "intents-committed"; readonly turn: number; readonly refused: readonly RefusedIntent[] }
  /** The store refused the commit for good: `fenced` means that another holder's token is in force. */
  | { readonly kind: "intents-refused"; readonly turn: number; readonly reason: "fenced" | "invalid" }
  /** Nobody knows whether the commit is durable. The session asks again with the same ids. */
  | { readonly kind: "intents-uncertain"; readonly turn: number }
  /** What was asked for failed in a way that is no outage: a record was refused, an answer made no sense. */
  | { readonly kind: "call-failed"; readonly call: string; readonly reason: string }
  | { readonly kind: "venue-connected" }
  | { readonly kind: "venue-disconnected" }
  /** The venue has taken its dead-man's switch: unless refreshed it has fallen by this monotonic time. */
  | { readonly kind: "dead-man-armed"; readonly until: number }
  | VenueReport
  /** What may be traded now: the list of restricted instruments and the strategy's entry in the register. */
  | { readonly kind: "permissions-read"; readonly permissions: Permissions }
  | { readonly kind: "market-status"; readonly instrument: InstrumentId; readonly status: MarketStatus }
  /** The answer to `query-order`: the venue knows it, or says that it does not. */
  | {
      readonly kind: "order-found";
      readonly request: number;
      readonly order: VenueOrder;
      readonly fills: readonly Fill[];
    }
  | { readonly kind: "order-unknown"; readonly request: number; readonly id: ClientOrderId }
  /** The answer to `request-snapshot`. */
  | { readonly kind: "snapshot-taken"; readonly request: number; readonly snapshot: VenueSnapshot };

/** What the venue says by itself. May come late, twice and out of order. */
export type VenueReport =
  | { readonly kind: "order-accepted"; readonly id: ClientOrderId; readonly venueOrderId: VenueOrderId }
  | { readonly kind: "order-rejected"; readonly id: ClientOrderId; readonly reason: string }
  | { readonly kind: "order-triggered"; readonly id: ClientOrderId }
  | { readonly kind: "order-filled"; readonly fill: Fill }
  /**
   * It has ended. `filled` is what had filled of it in all, where the venue says so: fills may come after the end, and
   * until they have come the order counts. Without it the session asks the venue for the whole order first.
   */
  | { readonly kind: "order-canceled"; readonly id: ClientOrderId; readonly filled?: Lots }
  | { readonly kind: "order-expired"; readonly id: ClientOrderId; readonly filled?: Lots }
  | { readonly kind: "cancel-rejected"; readonly id: ClientOrderId; readonly reason: string }
  /** The egress refused it at the socket: it has provably not left. */
  | { readonly kind: "order-held-back"; readonly id: ClientOrderId; readonly code: string }
  /** No answer in time, or the connection broke: it may or may not have arrived. */
  | { readonly kind: "order-unanswered"; readonly id: ClientOrderId };

export interface RefusedIntent {
  readonly id: ClientOrderId;
  readonly code: string;
}

/** What an operator asks of the partitions in a scope. `id` makes a repetition harmless (KS-20). */
export interface OperatorRequest {
  readonly id: string;
  readonly scope: Scope;
  /**
   * `cancel`: withdraw every own order in scope. `flatten`: cancel, close the positions, then BLOCK. `drain`: stop new
   * risk, resolve everything and hand over; orders go on resting. `stop`: drain, then disarm the dead-man's switch.
   */
  readonly action: OperatorAction;
}

export type OperatorAction = "cancel" | "flatten" | "drain" | "stop";
