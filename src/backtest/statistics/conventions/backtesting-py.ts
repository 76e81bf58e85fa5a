import { dayOf, lastOfEach, monthOf, weekOf, yearOf } from "../daily.ts";
import { covariance, deviation, geometricMean, mean, returnsOf, variance } from "../moments.ts";
import type { Measures, StatisticsInput } from "../statistics.ts";
import { largest, tradeStatistics } from "../trade-statistics.ts";

const DAY_MS = 86_400_000;
const YEAR_MS = 365.25 * DAY_MS;

/** The definitions of backtesting.py 0.6: compounded daily returns, closed trades only, alpha of Jensen over the run. */
export function backtestingPyMeasures(input: StatisticsInput): Partial<Measures> {
  const { result, columns } = input;
  const { equity, time, trades } = result;
  const perYear = backtestingPyPeriods(time);
  const values = lastOfEach(equity, time, periodOf(medianStep(time)));
  const returns = returnsOf(values);
  // From nothing there is no return: such days count for the mean growth alone.
  const known = returns.filter((_, day) => values[day]! > 0);
  const growth = geometricMean(returns);
  const annualReturn = (1 + growth) ** perYear - 1;
  const spread = variance(known, 1) + (1 + growth) ** 2;
  const volatility = Math.sqrt(spread ** perYear - (1 + growth) ** (2 * perYear));
  const years = (time.at(-1)! - time[0]!) / YEAR_MS;
  const drawdowns = peaksOf(equity, time);
  const maxDrawdown = largest(drawdowns.map((one) => one.depth));
  const closes = columns.close;
  const hold = closes.at(-1)! / closes[result.firstBar]! - 1;
  const [log, logMarket] = [logReturns(equity), logReturns(closes)];
  const beta = covariance(log, logMarket) / variance(logMarket, 1);
  const own = tradeStatistics(trades);
  const tradeReturns = trades.map((trade) => trade.returnFraction);
  const unit = resolutionOf(medianStep(time));
  const ceil = (ms: number) => Math.ceil(ms / unit) * unit;
  return {
    buyAndHoldReturn: hold,
    annualReturn,
    volatility,
    cagr: (equity.at(-1)! / equity[0]!) ** (1 / years) - 1,
    sharpe: annualReturn / volatility,
    sortino: annualReturn / (downside(known) * Math.sqrt(perYear)),
    calmar: annualReturn / maxDrawdown,
    alpha: equity.at(-1)! / equity[0]! - 1 - beta * hold,
    beta,
    maxDrawdown: -(Number.isNaN(maxDrawdown) ? 0 : maxDrawdown),
    averageDrawdown: -mean(drawdowns.map((one) => one.depth)),
    maxDrawdownDurationMs: ceil(largest(drawdowns.map((one) => one.durationMs))),
    averageDrawdownDurationMs: ceil(mean(drawdowns.map((one) => one.durationMs))),
    averageTrade: geometricMean(tradeReturns),
    expectancy: mean(tradeReturns),
    profitFactor: profitFactor(tradeReturns),
    maxTradeDurationMs: ceil(own.maxTradeDurationMs),
    averageTradeDurationMs: ceil(own.averageTradeDurationMs),
    sqn:
      (Math.sqrt(trades.length) * own.expectancy) /
      deviation(
        trades.map((trade) => trade.pnl),
        1,
      ),
  };
}

/** Durations are rounded up to the largest unit that the spacing of the bars is made of. */
function resolutionOf(step: number): number {
  return [DAY_MS, DAY_MS / 24, 60_000, 1000].find((unit) => step % unit === 0) ?? 1;
}

/** The median distance of the last hundred bars. */
function medianStep(time: Float64Array): number {
  const last = time.subarray(-100);
  const steps = Array.from(last.subarray(1), (at, i) => at - last[i]!).sort((a, b) => a - b);
  const middle = steps.length >> 1;
  return steps.length % 2 === 1 ? steps[middle]! : (steps[middle - 1]! + steps[middle]!) / 2;
}

/** Days, weeks or months of a year, told from the spacing of the last bars and the share of weekends. */
export function backtestingPyPeriods(time: Float64Array): number {
  const days = Math.floor(medianStep(time) / DAY_MS);
  if (days === 7) return 52;
  if (days === 31) return 12;
  if (days === 365) return 1;
  const weekend = time.filter((at) => [0, 6].includes(new Date(at).getUTCDay())).length / time.length;
  return weekend > (2 / 7) * 0.6 ? 365 : 252;
}

function periodOf(step: number): (timeMs: number) => number {
  const days = Math.floor(step / DAY_MS);
  return days === 7 ? weekOf : days === 31 ? monthOf : days === 365 ? yearOf : dayOf;
}

function downside(returns: Float64Array): number {
  return Math.sqrt(mean(returns.map((one) => Math.min(one, 0) ** 2)));
}

/** Every stretch between two points at the peak that are not neighbours, the last point counting as one. */
function peaksOf(equity: Float64Array, time: Float64Array): { depth: number; durationMs: number }[] {
  const found: { depth: number; durationMs: number }[] = [];
  let [top, since, depth] = [Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < equity.length; i++) {
    const atPeak = equity[i]! >= top;
    if (!atPeak) depth = Math.max(depth, 1 - equity[i]! / top);
    if (!atPeak && i < equity.length - 1) continue;
    if (i > since + 1) found.push({ depth, durationMs: time[i]! - time[since]! });
    [top, since, depth] = [Math.max(top, equity[i]!), i, 0];
  }
  return found;
}

function logReturns(values: Float64Array): Float64Array {
  return Float64Array.from(values.subarray(1), (value, i) => Math.log(value / values[i]!));
}

function profitFactor(returns: readonly number[]): number {
  const gains = returns.filter((one) => one > 0).reduce((a, b) => a + b, 0);
  const losses = returns.filter((one) => one < 0).reduce((a, b) => a - b, 0);
  return losses === 0 ? Number.NaN : gains / losses;
}
