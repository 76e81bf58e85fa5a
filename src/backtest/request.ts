import type { AnyStrategy } from "../strategy/define-strategy.ts";
import type { IndicatorCache } from "../strategy/whole-columns.ts";
import type { BarColumns } from "../trading/bar.ts";
import type { RiskCheck } from "./risk-check.ts";
import type { BacktestSpec } from "./spec.ts";

/** The bars of one instrument. */
export interface MarketData {
  readonly symbol: string;
  readonly columns: BarColumns;
  /** Finer bars of the same span: touches within a bar are then resolved in their order. */
  readonly finer?: BarColumns;
  /** What tells these bars from all others, for the result; computed when it is asked for and not given. */
  readonly hash?: string;
}

/** One backtest: what `runBacktest` takes. */
export interface BacktestRequest {
  readonly strategy: AnyStrategy;
  /** Values for the strategy's parameters; defaults for what is missing. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** One entry for each instrument; the first is the strategy's `bars`. */
  readonly data: readonly MarketData[];
  readonly spec?: BacktestSpec;
  /** What tells this version of the strategy from all others; of its own source when not given. */
  readonly strategyHash?: string;
  /** Pre-trade checks that every entry order must pass. */
  readonly checks?: readonly RiskCheck[];
  /** Shares computed indicators among runs over the same columns. */
  readonly cache?: IndicatorCache;
  /** Equity is written here instead of into a new array; at least as long as the run has steps. */
  readonly equity?: Float64Array;
}
