import type { InstrumentId, Lots, Micros } from "../instrument.ts";

/** The account as all its partitions share it (RC-04), without what the asking partition itself holds and has open. */
export interface AccountView {
  /** Wall time of the read. */
  readonly readAt: number;
  /** Grows with every change: the commit of intents is checked against the newest one. */
  readonly version: number;
  /**
   * What was paid in, and what the other partitions have earned or spent, less what they have reserved. The asking
   * partition adds its own flows, which nobody knows sooner than it does.
   */
  readonly freeCash: Micros;
  /** What was paid in, and the other partitions' profit at their marks. */
  readonly equity: Micros;
  /** Highest equity of the whole account so far, and its equity at the start of the trading day. */
  readonly peakEquity: Micros;
  readonly dayStartEquity: Micros;
  /** Share of gross exposure that equity must cover: 1 without credit. */
  readonly marginRatio: number;
  /** What the other partitions hold and may yet hold, by instrument. */
  readonly others: ReadonlyMap<InstrumentId, OthersExposure>;
}

/** What losses of an account are measured against: kept over restarts, or a restart would forgive a loss (RC-47). */
export interface EquityMarks {
  /** Days since 1970, UTC, and the equity that was first seen on that day. */
  readonly day: number;
  readonly dayStart: Micros;
  /** The highest equity since the arm of this epoch: whoever arms after a drawdown has seen it, and lets go on from there. */
  readonly peak: Micros;
  readonly armedEpoch: number;
}

/** What the account's other partitions hold and have open, and what their positions are worth in all. */
export interface AccountOthers {
  readonly others: ReadonlyMap<InstrumentId, OthersExposure>;
  readonly worth: Micros;
}

export interface OthersExposure {
  readonly position: Lots;
  readonly openBuys: Lots;
  readonly openSells: Lots;
  /** Gross value at the reference price, positions and open orders. */
  readonly gross: Micros;
  /** Best resting prices of the others, for self-cross. */
  readonly highestBuy?: number;
  readonly lowestSell?: number;
  readonly openOrders: number;
  /** Whether they trade it at this very account: then what the venue shows is the sum of theirs and ours. */
  readonly shared?: boolean;
}

/** The only partition of its account: nobody else holds anything. */
export function soleOwner(cash: Micros, readAt: number): AccountView {
  return {
    readAt,
    version: 0,
    freeCash: cash,
    equity: cash,
    peakEquity: cash,
    dayStartEquity: cash,
    marginRatio: 1,
    others: new Map(),
  };
}
