import type { InstrumentId, Lots, Micros } from "../instrument.ts";

/** The account as all its partitions share it (RC-04), without what the asking partition itself holds and has open. */
export interface AccountView {
  /** Wall time of the read. */
  readonly readAt: number;
  /** Grows with every change: the commit of intents is checked against the newest one. */
  readonly version: number;
  /** Cash that no other partition has reserved. */
  readonly freeCash: Micros;
  /** Cash and positions at their marks. */
  readonly equity: Micros;
  /** Highest equity so far, and equity at the start of the trading day. */
  readonly peakEquity: Micros;
  readonly dayStartEquity: Micros;
  /** Share of gross exposure that equity must cover: 1 without credit. */
  readonly marginRatio: number;
  /** What the other partitions hold and may yet hold, by instrument. */
  readonly others: ReadonlyMap<InstrumentId, OthersExposure>;
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
