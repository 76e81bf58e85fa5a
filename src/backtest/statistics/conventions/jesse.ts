import { dayOf, lastOfEach } from "../daily.ts";
import { deepest, drawdownsOf } from "../drawdown.ts";
import { deviation, mean, returnsOf } from "../moments.ts";
import type { Measures, StatisticsInput } from "../statistics.ts";

const DAYS_PER_YEAR = 365;
const DAY_MS = 86_400_000;

/** Jesse's definitions: quantstats' formulas over daily balances and 365 days. */
export function jesseMeasures({ result }: StatisticsInput): Partial<Measures> {
  const { equity, time, cash } = result;
  const balances = Float64Array.of(cash, ...lastOfEach(equity, time, dayOf));
  const daily = returnsOf(balances);
  const spread = deviation(daily, 1);
  const losses = Math.sqrt(mean(daily.map((one) => Math.min(one, 0) ** 2)));
  const days = Math.floor((time.at(-1)! - time[0]!) / DAY_MS);
  const cagr = (equity.at(-1)! / cash) ** (DAYS_PER_YEAR / days) - 1;
  const depth = deepest(drawdownsOf(balances))?.depth ?? 0;
  const yearly = Math.sqrt(DAYS_PER_YEAR);
  return {
    annualReturn: cagr,
    cagr,
    volatility: spread * yearly,
    sharpe: (mean(daily) / spread) * yearly,
    sortino: (mean(daily) / losses) * yearly,
    calmar: cagr / depth,
    maxDrawdown: -depth,
  };
}
