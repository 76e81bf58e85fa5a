import type { Trade } from "../../result.ts";
import { deviation, mean, sum } from "../moments.ts";
import type { Measures, StatisticsInput } from "../statistics.ts";

const DAYS_PER_YEAR = 365;
const DAY_MS = 86_400_000;
/** What freqtrade reports for a ratio without a deviation. */
const NO_DEVIATION = -100;

/** freqtrade's definitions: profits of closed trades over the starting balance, spread over the days of the run. */
export function freqtradeMeasures({ result }: StatisticsInput): Partial<Measures> {
  const { trades, cash, time } = result;
  const profits = trades.map((trade) => trade.pnl / cash);
  const days = Math.max(1, Math.floor((time.at(-1)! - time[0]!) / DAY_MS));
  const perDay = sum(profits) / days;
  const ratio = (spread: number) => (spread > 0 ? (perDay / spread) * Math.sqrt(DAYS_PER_YEAR) : NO_DEVIATION);
  const depth = drawdownOfTrades(trades, cash);
  const final = cash * (1 + sum(profits));
  return {
    cagr: (final / cash) ** (DAYS_PER_YEAR / days) - 1,
    sharpe: ratio(deviation(profits, 0)),
    sortino: ratio(
      deviation(
        profits.filter((one) => one < 0),
        0,
      ),
    ),
    calmar: depth > 0 ? ((perDay * 100) / depth) * Math.sqrt(DAYS_PER_YEAR) : NO_DEVIATION,
    maxDrawdown: -depth,
    sqn: (Math.sqrt(trades.length) * mean(profits)) / deviation(profits, 0),
  };
}

/** Loss from the highest account balance at the point where the loss in cash is largest, closed trades alone. */
function drawdownOfTrades(trades: readonly Trade[], cash: number): number {
  let [balance, top, worst, depth] = [cash, cash, 0, 0];
  for (const trade of trades) {
    balance += trade.pnl;
    top = Math.max(top, balance);
    if (top - balance > worst) [worst, depth] = [top - balance, (top - balance) / top];
  }
  return depth;
}
