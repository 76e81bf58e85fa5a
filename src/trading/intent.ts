import type { DecisionRecord } from "./decision.ts";
import type { Ticks } from "./instrument.ts";
import type { PartitionId } from "./lease.ts";
import type { ClientOrderId, OrderTerms } from "./order.ts";
import type { Owner } from "./scope.ts";

/** Who wants the order: the strategy, or an operator's exit, which alone may trade while strategies are held (KS-16). */
export type Origin = "strategy" | "operator-exit";

/** Prices at which an opened trade is to be closed; `trail` is the distance at which the stop-loss follows. */
export interface ExitLevels {
  readonly stopLoss?: Ticks;
  readonly takeProfit?: Ticks;
  readonly trail?: Ticks;
}

/** The row that is committed before an order may leave (OL-02). One of these, at most one order at the venue, for ever. */
export interface Intent {
  readonly id: ClientOrderId;
  readonly partition: PartitionId;
  /** Counts the partition's intents from 1 without gaps over all its holders. */
  readonly sequence: number;
  readonly token: number;
  readonly epoch: number;
  readonly owner: Owner;
  readonly terms: OrderTerms;
  readonly origin: Origin;
  /** Proven to reduce the position, counting all that rests (KS-17). */
  readonly reducing: boolean;
  /** The intent that this one is a child of: an exit of an entry, a step of a flatten (RC-44). */
  readonly parent?: ClientOrderId;
  /** A name that the strategy gave it. */
  readonly tag?: string;
  /** Exits that the strategy wants for what it opens. */
  readonly exits?: ExitLevels;
  /** Reference price at the decision: what an order without a price of its own is reserved at. */
  readonly reference?: Ticks;
  /** Wall time of the decision. */
  readonly decidedAt: number;
  readonly decision: DecisionRecord;
}
