import type { Closable } from "./closable.ts";

/** How much was traded, counted. */
export interface TradingCount {
  readonly orders: number;
  readonly fills: number;
  /** Positions that are not flat. */
  readonly positions: number;
}

/** What the workers have written down, to count and never to change. */
export interface TradingRecord extends Closable {
  count(): Promise<TradingCount>;
  /** Orders that strategies decided on at this epoch of the trading level or a later one. */
  ordersSince(epoch: number): Promise<number>;
}
