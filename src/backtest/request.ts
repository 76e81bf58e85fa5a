import type { AnyStrategy } from "../strategy/define-strategy.ts";
import type { IndicatorCache } from "../strategy/whole-columns.ts";
import type { BarColumns } from "../trading/bar.ts";
import type { BacktestSpec } from "./spec.ts";

/** The bars of one instrument. */
export interface MarketData {
  readonly symbol: string;
  readonly columns: BarColumns;
  /** Finer bars of the same span: touches within a bar are then resolved in their order. */
  readonly finer?: BarColumns;
}

/** One backtest: `runBacktest(request)` in run.ts takes it and returns a BacktestResult. */
export interface BacktestRequest {
  readonly strategy: AnyStrategy;
  /** Values for the strategy's parameters; defaults for what is missing. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** One entry for each instrument; the first is the strategy's `bars`. */
  readonly data: readonly MarketData[];
  readonly spec?: BacktestSpec;
  /** Shares computed indicators among runs over the same columns. */
  readonly cache?: IndicatorCache;
  /** Equity is written here instead of into a new array; at least as long as the run has steps. */
  readonly equity?: Float64Array;
}
