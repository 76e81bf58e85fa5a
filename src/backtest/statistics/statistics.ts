import type { BarColumns } from "../../trading/bar.ts";
import type { Calendar } from "../data/calendar.ts";
import type { Market } from "../data/detect-market.ts";
import type { BacktestResult } from "../result.ts";
import type { Convention } from "./convention.ts";

/** The part of a result that statistics look at. */
export type RunFigures = Pick<
  BacktestResult,
  "trades" | "openTrades" | "equity" | "time" | "cash" | "finalEquity" | "firstBar"
>;

/** What the statistics of a run are computed from. */
export interface StatisticsInput {
  readonly result: RunFigures;
  /** Bars of the first instrument: the benchmark. */
  readonly columns: BarColumns;
  readonly calendar: Calendar;
  /** What alpha and beta are measured against: a price for each step. The first instrument's closes when left out. */
  readonly benchmark?: Benchmark | undefined;
}

export interface Benchmark {
  readonly symbol: string;
  /** The last price known at each step of the run. */
  readonly prices: Float64Array;
}

/** A number, or null when it cannot be told; `unavailable` says why. Fractions are not percent: 0.12 is 12 %. */
export type Measure = number | null;

/** Why a measure is null. */
export type UnavailableReason =
  | "FEWER_THAN_30_PERIODS"
  | "FEWER_THAN_10_TRADES"
  | "NO_TRADES"
  | "NO_LOSSES"
  | "NO_VARIATION"
  | "NO_DRAWDOWN"
  | "NOT_RECOVERED"
  | "CALENDAR_UNKNOWN"
  | "UNDEFINED";

/** What is always known of a run. */
export interface RunFacts {
  readonly convention: Convention;
  readonly annualisation: Annualisation;
  /** What alpha and beta are measured against; the first instrument itself when it is not there. */
  readonly benchmark?: string;
  /** First and last bar, ISO 8601, UTC. */
  readonly start: string;
  readonly end: string;
  readonly bars: number;
  readonly initialEquity: number;
  readonly finalEquity: number;
  readonly peakEquity: number;
  /** Commission and financing of all trades, in cash. */
  readonly commission: number;
  readonly financing: number;
  /** Final over initial equity, less one. */
  readonly totalReturn: number;
  /** Combinations tried, as recorded by the sweep this run belongs to. */
  readonly trials: number;
  /** Fraction of the bars with an open position. */
  readonly exposure: number;
  readonly trades: number;
  readonly openTrades: number;
  readonly longestWinStreak: number;
  readonly longestLossStreak: number;
  /** Why measures are null, by their name. */
  readonly unavailable: Readonly<Partial<Record<MeasureName, UnavailableReason>>>;
}

/** What can only be told when there is enough of it. */
export interface MeasureTable {
  readonly buyAndHoldReturn: Measure;
  /** Compound return per year by the number of periods. */
  readonly annualReturn: Measure;
  /** Compound return per year by the time on the clock. */
  readonly cagr: Measure;
  /** Standard deviation per year. */
  readonly volatility: Measure;
  readonly sharpe: Measure;
  readonly sortino: Measure;
  readonly calmar: Measure;
  readonly omega: Measure;
  /** Deepest loss from a peak, a negative fraction. */
  readonly maxDrawdown: Measure;
  readonly averageDrawdown: Measure;
  /** From a peak until it was reached again, or the end. */
  readonly maxDrawdownDurationMs: Measure;
  readonly averageDrawdownDurationMs: Measure;
  /** From the deepest point until the peak was reached again. */
  readonly recoveryMs: Measure;
  /** The return per period that the worst 5 % fall below, and their mean. */
  readonly valueAtRisk: Measure;
  readonly expectedShortfall: Measure;
  readonly skewness: Measure;
  readonly kurtosis: Measure;
  /** Of the benchmark over the run; of the first instrument without one. */
  readonly benchmarkReturn: Measure;
  /** Against holding the benchmark. */
  readonly alpha: Measure;
  readonly beta: Measure;
  /** Probability that the true Sharpe ratio is above zero. */
  readonly probabilisticSharpe: Measure;
  /** The same against the best of all combinations tried; equal to it when only one was. */
  readonly deflatedSharpe: Measure;
  /** Traded value per year over mean equity. */
  readonly turnover: Measure;
  readonly winRate: Measure;
  readonly bestTrade: Measure;
  readonly worstTrade: Measure;
  readonly averageTrade: Measure;
  readonly expectancy: Measure;
  readonly profitFactor: Measure;
  readonly payoffRatio: Measure;
  readonly sqn: Measure;
  readonly kelly: Measure;
  readonly averageTradeDurationMs: Measure;
  readonly maxTradeDurationMs: Measure;
}

export interface Statistics extends RunFacts, MeasureTable {}

export type MeasureName = keyof MeasureTable;
/** Measures as computed: NaN where they are not defined. */
export type Measures = { readonly [K in MeasureName]: number };

/** How means and deviations per period became yearly ones. */
export interface Annualisation {
  /** Null when the bars do not show when the market trades; then nothing is annualised. */
  readonly periodsPerYear: number | null;
  /** When the market trades, read off the bars or as given. */
  readonly market: Market | null;
  /** `252 bars of 1d a year (exchange days)` */
  readonly basis: string;
}
