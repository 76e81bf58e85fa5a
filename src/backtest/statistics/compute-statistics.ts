import { firstAtOrAfter } from "../data/slice-bars.ts";
import { annualisationOf } from "./annualisation.ts";
import type { Convention } from "./convention.ts";
import { backtestingPyMeasures } from "./conventions/backtesting-py.ts";
import { freqtradeMeasures } from "./conventions/freqtrade.ts";
import { jesseMeasures } from "./conventions/jesse.ts";
import { leanMeasures } from "./conventions/lean.ts";
import { type CurveFigures, curveFigures, deepest } from "./drawdown.ts";
import { deviation, mean, returnsOf } from "./moments.ts";
import { returnFigures, smallest } from "./return-figures.ts";
import { deflatedSharpe, probabilisticSharpe } from "./significance.ts";
import type {
  MeasureName,
  Measures,
  MeasureTable,
  RunFigures,
  Statistics,
  StatisticsInput,
  UnavailableReason,
} from "./statistics.ts";
import { largest, type TradeStatistics, tradeStatistics } from "./trade-statistics.ts";

export interface StatisticsOptions {
  readonly convention?: Convention;
  /** Sharpe ratios per period of every combination tried in the sweep that this run belongs to. */
  readonly trialSharpes?: readonly number[];
}

/** Below these a ratio says more about chance than about the strategy. */
export const MIN_PERIODS = 30;
export const MIN_TRADES = 10;

const DAY_MS = 86_400_000;
/** Leap years included. */
const YEAR_MS = 365.25 * DAY_MS;
const TAIL = 0.05;

/** The statistics of a run. */
export function computeStatistics(input: StatisticsInput, options: StatisticsOptions = {}): Statistics {
  const { result, columns, calendar } = input;
  const convention = options.convention ?? "ttt";
  const returns = new Float64Array(result.equity.length);
  const curve = curveFigures(result.equity, result.cash, returns);
  const trading = tradeStatistics(result.trades);
  const own = ownMeasures(input, { returns, curve, trading }, options.trialSharpes ?? []);
  const others = convention === "ttt" ? {} : CONVENTION_MEASURES[convention](input);
  const measures: Measures = { ...own, ...others };
  const unavailable = convention === "ttt" ? tooFew(result) : new Map<MeasureName, UnavailableReason>();
  const noted: Partial<Record<MeasureName, UnavailableReason>> = {};
  const shown = mapMeasures(measures, (name, value) => {
    const uncalendared = calendar.periodsPerYear === null && OF_CALENDAR.includes(name) && !(name in others);
    const undefinedBy = uncalendared ? "CALENDAR_UNKNOWN" : reasonOf(name, result);
    const reason = unavailable.get(name) ?? (Number.isFinite(value) ? undefined : undefinedBy);
    if (reason !== undefined) noted[name] = reason;
    return reason === undefined ? value : null;
  });
  const { trades, longestWinStreak, longestLossStreak } = trading;
  const { equity } = result;
  return {
    convention,
    annualisation: annualisationOf(input, convention),
    ...(input.benchmark !== undefined && { benchmark: input.benchmark.symbol }),
    start: new Date(columns.time[0]!).toISOString(),
    end: new Date(columns.time.at(-1)!).toISOString(),
    bars: equity.length,
    initialEquity: result.cash,
    finalEquity: result.finalEquity,
    peakEquity: curve.top,
    ...costsOf(result),
    totalReturn: result.finalEquity / result.cash - 1,
    ...shown,
    trials: Math.max(1, options.trialSharpes?.length ?? 1),
    exposure: exposureOf(result, convention === "backtesting.py"),
    trades,
    openTrades: result.openTrades.length,
    longestWinStreak,
    longestLossStreak,
    unavailable: noted,
  };
}

/** The Sharpe ratio per period of the equity curve: what a sweep records of every trial. */
export function sharpePerPeriod(equity: Float64Array, cash: number): number {
  const returns = returnsOf(equity, cash);
  return mean(returns) / deviation(returns, 1);
}

const CONVENTION_MEASURES = {
  "backtesting.py": backtestingPyMeasures,
  lean: leanMeasures,
  freqtrade: freqtradeMeasures,
  jesse: jesseMeasures,
} satisfies Record<Exclude<Convention, "ttt">, (input: StatisticsInput) => Partial<Measures>>;

interface Passes {
  /** Of every bar, the first from the cash. */
  readonly returns: Float64Array;
  readonly curve: CurveFigures;
  readonly trading: TradeStatistics;
}

/** empyrical's and quantstats' definitions over the returns of every bar, the first bar's being from the cash. */
function ownMeasures(
  { result, columns, calendar, benchmark }: StatisticsInput,
  { returns, curve, trading }: Passes,
  trialSharpes: readonly number[],
): Measures {
  const { equity, cash, time } = result;
  const { close } = columns;
  const periods = calendar.periodsPerYear ?? Number.NaN;
  const yearly = Math.sqrt(periods);
  // With several instruments the steps of the run need not be the bars of the first: then there is nothing to hold against.
  const prices = benchmark?.prices ?? close;
  const market = prices.length === equity.length && prices.length > 1 ? returnsOf(prices, prices[0]!) : undefined;
  const figures = returnFigures(returns, market);
  const { mean: average, deviation: spread, beta } = figures;
  const sharpe = average / spread;
  const sample = { sharpe, periods: returns.length, skewness: figures.skewness, kurtosis: figures.kurtosis };
  const growth = equity.at(-1)! / cash;
  const annualReturn = growth ** (periods / returns.length) - 1;
  const { drawdowns } = curve;
  const worst = deepest(drawdowns);
  const timeAt = (index: number) => time[Math.max(0, index)]!;
  const durations = drawdowns.map(({ peak, recovery }) => timeAt(recovery ?? time.length - 1) - timeAt(peak));
  const { trades: _count, longestWinStreak: _wins, longestLossStreak: _losses, ...trades } = trading;
  return {
    buyAndHoldReturn: close.at(-1)! / close[0]! - 1,
    benchmarkReturn: prices.at(-1)! / prices[0]! - 1,
    annualReturn,
    cagr: growth ** (YEAR_MS / (time.at(-1)! - time[0]!)) - 1,
    volatility: spread * yearly,
    sharpe: sharpe * yearly,
    sortino: (average / figures.downside) * yearly,
    calmar: annualReturn / (worst?.depth ?? Number.NaN),
    omega: figures.omega,
    ...tails(returns),
    maxDrawdown: worst === undefined ? 0 : -worst.depth,
    averageDrawdown: -mean(drawdowns.map(({ depth }) => depth)),
    maxDrawdownDurationMs: largest(durations),
    averageDrawdownDurationMs: mean(durations),
    recoveryMs: worst?.recovery === undefined ? Number.NaN : timeAt(worst.recovery) - timeAt(worst.trough),
    skewness: figures.skewness,
    kurtosis: figures.kurtosis,
    alpha: (1 + average - beta * figures.marketMean) ** periods - 1,
    beta,
    probabilisticSharpe: probabilisticSharpe(sample),
    deflatedSharpe: deflatedSharpe(sample, trialSharpes),
    turnover: turnoverOf(result, curve.sum / equity.length, returns.length / periods),
    ...trades,
  };
}

/** The quantile of the worst returns, linear between neighbours as numpy's, and the mean of those up to it. */
function tails(returns: Float64Array): Pick<Measures, "valueAtRisk" | "expectedShortfall"> {
  const position = (returns.length - 1) * TAIL;
  const count = Math.floor(position) + 1;
  const worst = smallest(returns, count + 1);
  const [at, next] = [worst[count - 1]!, worst[count] ?? worst[count - 1]!];
  return {
    valueAtRisk: at + (position - Math.floor(position)) * (next - at),
    expectedShortfall: mean(worst.subarray(0, count)),
  };
}

function turnoverOf({ trades, openTrades }: RunFigures, meanEquity: number, years: number): number {
  let traded = 0;
  for (const { size, entryPrice, exitPrice } of trades) traded += Math.abs(size) * (entryPrice + exitPrice);
  for (const { size, entryPrice } of openTrades) traded += Math.abs(size) * entryPrice;
  return traded / meanEquity / years;
}

/** Fraction of the bars in which some trade was open, the bars of entry and exit included. */
function exposureOf({ trades, openTrades, equity, time }: RunFigures, closedOnly: boolean): number {
  const stretches = trades.map(({ entryBar, entryTime, exitBar, exitTime }): [number, number] => [
    stepOf(time, entryBar, entryTime),
    stepOf(time, exitBar, exitTime),
  ]);
  if (!closedOnly) {
    for (const { entryBar, entryTime } of openTrades)
      stretches.push([stepOf(time, entryBar, entryTime), time.length - 1]);
  }
  stretches.sort((a, b) => a[0] - b[0]);
  let inMarket = 0;
  let covered = 0;
  for (const stretch of stretches) {
    const start = Math.max(covered, stretch[0]);
    const end = Math.min(time.length, stretch[1] + 1);
    inMarket += Math.max(0, end - start);
    covered = Math.max(covered, end);
  }
  return inMarket / equity.length;
}

/** The step of a moment. With one instrument it is the bar; with several, a trade's bar is not a step of the run. */
function stepOf(time: Float64Array, bar: number, timeMs: number): number {
  return time[bar] === timeMs ? bar : barAt(time, timeMs);
}

/** The bar in which a moment lies: finer bars may have given a trade a time within one. */
function barAt(time: Float64Array, timeMs: number): number {
  const next = firstAtOrAfter(time, timeMs);
  return time[next] === timeMs || next === 0 ? next : next - 1;
}

function costsOf({ trades, openTrades }: RunFigures): Pick<Statistics, "commission" | "financing"> {
  let commission = 0;
  let financing = 0;
  for (const trade of trades) {
    commission += trade.commission;
    financing += trade.financing;
  }
  for (const trade of openTrades) commission += trade.commission;
  return { commission, financing };
}

function mapMeasures(measures: Measures, map: (name: MeasureName, value: number) => number | null): MeasureTable {
  const table: Partial<Record<MeasureName, number | null>> = {};
  for (const name of Object.keys(measures) as MeasureName[]) table[name] = map(name, measures[name]);
  return table as MeasureTable;
}

const OF_PERIODS: readonly MeasureName[] = [
  "annualReturn",
  "cagr",
  "volatility",
  "sharpe",
  "sortino",
  "calmar",
  "omega",
  "valueAtRisk",
  "expectedShortfall",
  "skewness",
  "kurtosis",
  "alpha",
  "beta",
  "probabilisticSharpe",
  "deflatedSharpe",
  "turnover",
];
/** What needs to know how many bars a year has. */
const OF_CALENDAR: readonly MeasureName[] = [
  "annualReturn",
  "volatility",
  "sharpe",
  "sortino",
  "calmar",
  "alpha",
  "turnover",
];
const OF_TRADES: readonly MeasureName[] = ["winRate", "expectancy", "profitFactor", "payoffRatio", "sqn", "kelly"];

function tooFew({ equity, trades }: RunFigures): Map<MeasureName, UnavailableReason> {
  const reasons = new Map<MeasureName, UnavailableReason>();
  if (equity.length < MIN_PERIODS) for (const name of OF_PERIODS) reasons.set(name, "FEWER_THAN_30_PERIODS");
  if (trades.length < MIN_TRADES) for (const name of OF_TRADES) reasons.set(name, "FEWER_THAN_10_TRADES");
  return reasons;
}

function reasonOf(name: MeasureName, { trades, equity, cash }: RunFigures): UnavailableReason {
  if (/trade|winRate|expectancy|profitFactor|payoffRatio|sqn|kelly/i.test(name)) {
    if (trades.length === 0) return "NO_TRADES";
    return trades.every((trade) => trade.pnl >= 0) ? "NO_LOSSES" : "UNDEFINED";
  }
  if (equity.every((value) => value === cash)) return "NO_VARIATION";
  if (name === "recoveryMs") return "NOT_RECOVERED";
  return /drawdown|calmar/i.test(name) ? "NO_DRAWDOWN" : "UNDEFINED";
}
