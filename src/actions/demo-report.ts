import type { KillVerdict } from "./kill/kill-report.ts";

/** What the demonstration did and saw. */
export interface DemoReport {
  /** State directory; it is gone again unless `kept`. */
  readonly home: string;
  readonly steps: readonly DemoStep[];
  /** Fills that the worker booked on paper before the kill. */
  readonly fills: number;
  readonly orders: number;
  readonly backtest: DemoBacktest;
  readonly kill: DemoKill;
  /** The stack was left running. */
  readonly kept: boolean;
}

export interface DemoStep {
  readonly name: string;
  readonly seen: string;
  readonly durationMs: number;
}

export interface DemoBacktest {
  readonly id: string;
  /** Closed trades of the run through API, queue and backtester. */
  readonly trades: number;
  /** The same of the run in this process. */
  readonly tradesInProcess: number;
  /** Both reports are the same, byte for byte. */
  readonly identical: boolean;
}

export interface DemoKill {
  readonly verdict: KillVerdict;
  readonly epoch: number;
  /** From the command to the last worker's acknowledgement. */
  readonly propagationMs: number | null;
  /** Orders in the store that were decided on at the kill's epoch or later. */
  readonly ordersAfter: number;
  /** Own orders that were open at the venue at the last look. */
  readonly openOrders: number;
  /** Bars the market printed meanwhile: it went on, and nobody traded. */
  readonly barsAfter: number;
}
