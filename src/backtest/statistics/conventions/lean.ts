import { dayOf, lastOfEach } from "../daily.ts";
import { deepest, drawdownsOf } from "../drawdown.ts";
import { mean, returnsOf, variance } from "../moments.ts";
import type { Measures, StatisticsInput } from "../statistics.ts";

const DAYS_PER_YEAR = 252;
const YEAR_MS = 365 * 86_400_000;

/** LEAN's definitions: daily returns, 252 days, a compounded mean over a plain deviation, variance of the losses alone. */
export function leanMeasures({ result }: StatisticsInput): Partial<Measures> {
  const { equity, time, cash } = result;
  const daily = returnsOf(lastOfEach(equity, time, dayOf), cash);
  const performance = (1 + mean(daily)) ** DAYS_PER_YEAR - 1;
  const volatility = Math.sqrt(variance(daily, 1) * DAYS_PER_YEAR);
  const losses = daily.filter((one) => one < 0);
  const annualReturn = (equity.at(-1)! / cash) ** (YEAR_MS / (time.at(-1)! - time[0]!)) - 1;
  const depth = deepest(drawdownsOf(equity, cash))?.depth ?? 0;
  return {
    annualReturn,
    cagr: annualReturn,
    volatility,
    sharpe: performance / volatility,
    sortino: performance / Math.sqrt(variance(losses, 1) * DAYS_PER_YEAR),
    calmar: annualReturn / depth,
    maxDrawdown: -depth,
  };
}
