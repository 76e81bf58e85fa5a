import type { Fill } from "./fill.ts";
import type { InstrumentId, Lots, Micros, Ticks } from "./instrument.ts";
import type { ClientOrderId, OrderTerms, VenueOrderId } from "./order.ts";

/** One order as the venue shows it. `clientOrderId` may be foreign: an order that we did not make. */
export interface VenueOrder {
  readonly clientOrderId: ClientOrderId;
  readonly venueOrderId: VenueOrderId;
  readonly terms: OrderTerms;
  readonly filled: Lots;
  readonly state: "open" | "filled" | "canceled" | "expired" | "rejected";
}

/** What the venue says of one account at one moment: the evidence that counts (KS-14, KS-19). */
export interface VenueSnapshot {
  /** The venue's wall time. */
  readonly takenAt: number;
  /** Every open order of the account, ours or not. */
  readonly openOrders: readonly VenueOrder[];
  /** Net positions; an instrument that is not listed is flat. */
  readonly positions: ReadonlyMap<InstrumentId, Lots>;
  /** Fills since the cursor that was asked for, oldest first. */
  readonly fills: readonly Fill[];
  /** Give it back to get only newer fills. */
  readonly fillCursor: string;
  /** Free cash. */
  readonly cash?: Micros;
  /** What the venue itself says its instruments are worth: the second source beside the market data (RC-16). */
  readonly marks?: ReadonlyMap<InstrumentId, VenueMark>;
}

export interface VenueMark {
  readonly price: Ticks;
  /** Time of the bar that it closed, where the venue's market is made of bars: then the same bar is compared. */
  readonly barTime?: number;
}
