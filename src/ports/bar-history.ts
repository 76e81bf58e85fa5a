import type { BarColumns } from "../trading/bar.ts";

/** Bars of the past from an exchange, a page at a time. */
export interface BarHistory {
  /**
   * The oldest bars at or after `sinceMs` that have closed, in order; fewer than a page, or none, at the end. Waits as
   * long as the exchange's rate limit asks for. Throws OutageError when it does not answer, OperatorError for an unknown symbol or interval.
   */
  page(symbol: string, interval: string, sinceMs: number): Promise<BarColumns>;
}

/** Opens the history of an exchange by its name. Loading it is slow, so it is done only when it is needed. */
export type OpenBarHistory = (exchange: string, options?: { readonly endpoint?: string }) => Promise<BarHistory>;
