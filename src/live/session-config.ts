import type { AccountId, Instrument, StrategyId, VenueId } from "../trading/instrument.ts";
import type { PartitionId } from "../trading/lease.ts";
import type { OrderType, TimeInForce } from "../trading/order.ts";
import type { Trader } from "./trader.ts";

/** What a session is, fixed for its life. */
export interface SessionConfig {
  readonly partition: PartitionId;
  readonly venue: VenueId;
  readonly account: AccountId;
  readonly strategy: StrategyId;
  readonly instruments: readonly Instrument[];
  readonly trader: Trader;
  /** Identify the release in every decision record, and must equal the approved one (RC-50). */
  readonly buildHash: string;
  readonly approvedBuildHash: string;
  /** What the venue can do; asked of its adapter once. */
  readonly capabilities: VenueCapabilities;
  readonly accountCurrency: string;
  readonly timing?: Partial<SessionTiming>;
}

export interface VenueCapabilities {
  readonly types: readonly OrderType[];
  readonly times: readonly TimeInForce[];
  /** Holds reduce-only orders to what the position is when they would fill. */
  readonly holdsReduceOnly: boolean;
  /** Cancels the rest of a group when one of it fills. */
  readonly groups: boolean;
  /** Takes market orders as they are; otherwise they become limits inside the collar (RC-17). */
  readonly plainMarketOrders: boolean;
  readonly deadMan: boolean;
}

/** Every wait of the session, in milliseconds of the monotonic clock. */
export interface SessionTiming {
  /** How long a submit may stay unanswered before the order is unresolved. */
  readonly answerMs: number;
  /** The longest that a message to the venue may be under way: before it, silence proves nothing (KS-14). */
  readonly inFlightMs: number;
  /** Between two questions about the same unresolved order. */
  readonly queryMs: number;
  /** Between two snapshots when all is well, and when something is to be proven. */
  readonly reconcileMs: number;
  readonly proofMs: number;
  /** How long an uncertain or unanswered commit waits before it is asked again. */
  readonly commitRetryMs: number;
  /** How long a requested cancel may stay unanswered before it is sent again. */
  readonly cancelRetryMs: number;
  /** Timeout given to the venue's dead-man's switch; it is refreshed at a quarter of it. */
  readonly deadManMs: number;
  /** An order whose commit took longer than this no longer leaves: the market it was decided on has gone. */
  readonly maxDecisionAgeMs: number;
}

export const DEFAULT_TIMING: SessionTiming = {
  answerMs: 1_500,
  inFlightMs: 3_000,
  queryMs: 500,
  reconcileMs: 5_000,
  proofMs: 500,
  commitRetryMs: 500,
  cancelRetryMs: 1_000,
  deadManMs: 60_000,
  maxDecisionAgeMs: 2_000,
};
