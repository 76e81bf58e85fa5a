import { calendarOf } from "../../src/backtest/data/calendar.ts";
import { computeStatistics } from "../../src/backtest/statistics/compute-statistics.ts";
import type { Statistics } from "../../src/backtest/statistics/statistics.ts";
import { closesOnly } from "./market-bars.ts";

/** The statistics of a run without trades whose equity was this, day by day. */
export function statisticsOf(equity: readonly number[]): Statistics {
  const columns = closesOnly(equity);
  const { time } = columns;
  const result = {
    trades: [],
    openTrades: [],
    equity: Float64Array.from(equity),
    time,
    cash: equity[0]!,
    finalEquity: equity.at(-1)!,
    firstBar: 0,
  };
  return computeStatistics({ result, columns, calendar: calendarOf(time) });
}
