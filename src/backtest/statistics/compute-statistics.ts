import type { Convention } from "./convention.ts";
import { backtestingPyMeasures } from "./conventions/backtesting-py.ts";
import { freqtradeMeasures } from "./conventions/freqtrade.ts";
import { jesseMeasures } from "./conventions/jesse.ts";
import { leanMeasures } from "./conventions/lean.ts";
import { deepest, drawdownsOf } from "./drawdown.ts";
import { covariance, deviation, mean, quantile, returnsOf, variance } from "./moments.ts";
import { deflatedSharpe, probabilisticSharpe, sharpeSample } from "./significance.ts";
import type {
  MeasureName,
  Measures,
  MeasureTable,
  RunFigures,
  Statistics,
  StatisticsInput,
  UnavailableReason,
} from "./statistics.ts";
import { largest, tradeStatistics } from "./trade-statistics.ts";

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
  const own = ownMeasures(input, options.trialSharpes ?? []);
  const measures = convention === "ttt" ? own : { ...own, ...CONVENTION_MEASURES[convention](input) };
  const unavailable = convention === "ttt" ? tooFew(result) : new Map<MeasureName, UnavailableReason>();
  const noted: Partial<Record<MeasureName, UnavailableReason>> = {};
  const shown = mapMeasures(measures, (name, value) => {
    const reason = unavailable.get(name) ?? (Number.isFinite(value) ? undefined : reasonOf(name, result));
    if (reason !== undefined) noted[name] = reason;
    return reason === undefined ? value : null;
  });
  const { trades, longestWinStreak, longestLossStreak } = tradeStatistics(result.trades);
  const { equity } = result;
  return {
    convention,
    annualisation: { periodsPerYear: calendar.periodsPerYear, basis: describeBasis(input, convention) },
    start: new Date(columns.time[0]!).toISOString(),
    end: new Date(columns.time.at(-1)!).toISOString(),
    bars: equity.length,
    initialEquity: result.cash,
    finalEquity: result.finalEquity,
    peakEquity: equity.reduce((a, b) => Math.max(a, b), result.cash),
    commission: total(result, "commission"),
    financing: result.trades.reduce((all, trade) => all + trade.financing, 0),
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

/** empyrical's and quantstats' definitions over the returns of every bar, the first bar's being from the cash. */
function ownMeasures({ result, columns, calendar }: StatisticsInput, trialSharpes: readonly number[]): Measures {
  const { equity, cash, time } = result;
  const returns = returnsOf(equity, cash);
  const periods = calendar.periodsPerYear;
  const deviationPerPeriod = deviation(returns, 1);
  const sharpe = mean(returns) / deviationPerPeriod;
  const sample = sharpeSample(returns, sharpe);
  const growth = equity.at(-1)! / cash;
  const annualReturn = growth ** (periods / returns.length) - 1;
  const span = time.at(-1)! - time[0]!;
  const drawdowns = drawdownsOf(equity, cash);
  const worst = deepest(drawdowns);
  const timeAt = (index: number) => time[Math.max(0, index)]!;
  const durations = drawdowns.map(({ peak, recovery }) => timeAt(recovery ?? time.length - 1) - timeAt(peak));
  const {
    trades: _count,
    longestWinStreak: _wins,
    longestLossStreak: _losses,
    ...trades
  } = tradeStatistics(result.trades);
  return {
    buyAndHoldReturn: columns.close.at(-1)! / columns.close[0]! - 1,
    annualReturn,
    cagr: growth ** (YEAR_MS / span) - 1,
    volatility: deviationPerPeriod * Math.sqrt(periods),
    sharpe: sharpe * Math.sqrt(periods),
    sortino: (mean(returns) / downsideDeviation(returns)) * Math.sqrt(periods),
    calmar: annualReturn / (worst?.depth ?? Number.NaN),
    ...tails(returns),
    maxDrawdown: -(worst?.depth ?? 0),
    averageDrawdown: -mean(drawdowns.map(({ depth }) => depth)),
    maxDrawdownDurationMs: largest(durations),
    averageDrawdownDurationMs: mean(durations),
    recoveryMs: worst?.recovery === undefined ? Number.NaN : timeAt(worst.recovery) - timeAt(worst.trough),
    skewness: sample.skewness,
    kurtosis: sample.kurtosis,
    ...againstHolding(returns, columns.close, result, periods),
    probabilisticSharpe: probabilisticSharpe(sample),
    deflatedSharpe: deflatedSharpe(sample, trialSharpes),
    turnover: turnoverOf(result, returns.length / periods),
    ...trades,
  };
}

/** Root mean square of the losses, gains counting as zero: the downside risk of empyrical. */
function downsideDeviation(returns: Float64Array): number {
  let squares = 0;
  for (const one of returns) if (one < 0) squares += one * one;
  return squares === 0 ? Number.NaN : Math.sqrt(squares / returns.length);
}

function tails(returns: Float64Array): Pick<Measures, "omega" | "valueAtRisk" | "expectedShortfall"> {
  let [gains, losses] = [0, 0];
  for (const one of returns) {
    if (one > 0) gains += one;
    else losses -= one;
  }
  const sorted = returns.toSorted();
  const worst = sorted.subarray(0, Math.floor((sorted.length - 1) * TAIL) + 1);
  return {
    omega: losses === 0 ? Number.NaN : gains / losses,
    valueAtRisk: quantile(sorted, TAIL),
    expectedShortfall: mean(worst),
  };
}

/** Regression on the returns of holding the first instrument. With several instruments the steps may not match: then none. */
function againstHolding(
  returns: Float64Array,
  close: Float64Array,
  result: RunFigures,
  periods: number,
): Pick<Measures, "alpha" | "beta"> {
  if (close.length !== result.equity.length || returns.length < 2) return { alpha: Number.NaN, beta: Number.NaN };
  const market = returnsOf(close, close[0]!);
  const beta = covariance(returns, market) / variance(market, 1);
  return { alpha: (1 + mean(returns) - beta * mean(market)) ** periods - 1, beta };
}

function turnoverOf({ trades, openTrades, equity }: RunFigures, years: number): number {
  let traded = 0;
  for (const { size, entryPrice, exitPrice } of trades) traded += Math.abs(size) * (entryPrice + exitPrice);
  for (const { size, entryPrice } of openTrades) traded += Math.abs(size) * entryPrice;
  return traded / mean(equity) / years;
}

/** Fraction of the bars in which some trade was open, the bars of entry and exit included. */
function exposureOf({ trades, openTrades, equity, time }: RunFigures, closedOnly: boolean): number {
  const changes = new Int32Array(equity.length + 1);
  const indexOf = stepFinder(time);
  for (const trade of trades) {
    changes[indexOf(trade.entryTime)]! += 1;
    changes[indexOf(trade.exitTime) + 1]! -= 1;
  }
  for (const trade of closedOnly ? [] : openTrades) changes[indexOf(trade.entryTime)]! += 1;
  let [open, inMarket] = [0, 0];
  for (let i = 0; i < equity.length; i++) {
    open += changes[i]!;
    if (open > 0) inMarket++;
  }
  return inMarket / equity.length;
}

/** Steps by their time: with several instruments a trade's bar is not a step of the run. */
function stepFinder(time: Float64Array): (timeMs: number) => number {
  return (timeMs) => {
    let [low, high] = [0, time.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (time[middle]! < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function total({ trades, openTrades }: RunFigures, what: "commission"): number {
  return [...trades, ...openTrades].reduce((all, trade) => all + trade[what], 0);
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

function describeBasis({ calendar }: StatisticsInput, convention: Convention): string {
  const days = calendar.weekends ? "every day of the week" : "weekdays";
  const bars = `${round(calendar.periodsPerYear)} bars of ${calendar.interval} a year (${days})`;
  switch (convention) {
    case "backtesting.py":
      return `days of ${calendar.daysPerYear} a year, as backtesting.py`;
    case "lean":
      return "days of 252 a year, as LEAN";
    case "freqtrade":
      return "days of 365 a year, as freqtrade";
    case "jesse":
      return "days of 365 a year, as Jesse";
    default:
      return bars;
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;
