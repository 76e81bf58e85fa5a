import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { calendarOf } from "../../src/backtest/data/calendar.ts";
import { runBacktest } from "../../src/backtest/run.ts";
import { computeStatistics } from "../../src/backtest/statistics/compute-statistics.ts";
import type { Statistics } from "../../src/backtest/statistics/statistics.ts";
import { goldenBars, goldenCase, goldenFolder, goldenIds } from "../support/golden.ts";
import { replay, specOfGolden } from "../support/golden-replay.ts";

const folder = goldenFolder();
const TOLERANCE = 1e-9;
const DAY_MS = 86_400_000;

type Recorded = Record<string, number | null | { days: number }>;

/** The names of the recorded statistics, and ttt's with the factor between them. */
const NAMES: ReadonlyArray<readonly [string, keyof Statistics, number]> = [
  ["Exposure Time [%]", "exposure", 100],
  ["Equity Final [$]", "finalEquity", 1],
  ["Equity Peak [$]", "peakEquity", 1],
  ["Return [%]", "totalReturn", 100],
  ["Buy & Hold Return [%]", "buyAndHoldReturn", 100],
  ["Return (Ann.) [%]", "annualReturn", 100],
  ["Volatility (Ann.) [%]", "volatility", 100],
  ["CAGR [%]", "cagr", 100],
  ["Sharpe Ratio", "sharpe", 1],
  ["Sortino Ratio", "sortino", 1],
  ["Calmar Ratio", "calmar", 1],
  ["Alpha [%]", "alpha", 100],
  ["Beta", "beta", 1],
  ["Max. Drawdown [%]", "maxDrawdown", 100],
  ["Avg. Drawdown [%]", "averageDrawdown", 100],
  ["Max. Drawdown Duration", "maxDrawdownDurationMs", 1 / DAY_MS],
  ["Avg. Drawdown Duration", "averageDrawdownDurationMs", 1 / DAY_MS],
  ["# Trades", "trades", 1],
  ["Win Rate [%]", "winRate", 100],
  ["Best Trade [%]", "bestTrade", 100],
  ["Worst Trade [%]", "worstTrade", 100],
  ["Avg. Trade [%]", "averageTrade", 100],
  ["Max. Trade Duration", "maxTradeDurationMs", 1 / DAY_MS],
  ["Avg. Trade Duration", "averageTradeDurationMs", 1 / DAY_MS],
  ["Profit Factor", "profitFactor", 1],
  ["Expectancy [%]", "expectancy", 100],
  ["SQN", "sqn", 1],
  ["Kelly Criterion", "kelly", 1],
];

describe.skipIf(folder === undefined)("the backtesting.py convention gives the recorded statistics", () => {
  const ids = folder === undefined ? [] : goldenIds(folder);

  test.each(ids)("%s", (id) => {
    const golden = goldenCase(folder!, id);
    const columns = goldenBars(folder!, golden.csv);
    const spec = { ...specOfGolden(golden), compat: "backtesting.py" as const };
    const result = runBacktest({ strategy: replay(golden), data: [{ symbol: golden.dataset, columns }], spec });
    const { trades, openTrades, equity, time, cash, finalEquity } = result;
    // The replay has no indicators, so its own first bar is not that of the recorded strategy.
    const figures = { trades, openTrades, equity, time, cash, finalEquity, firstBar: golden.first_next_bar - 1 };
    const stats = computeStatistics(
      { result: figures, columns, calendar: calendarOf(columns.time) },
      {
        convention: "backtesting.py",
      },
    );
    const recorded: Recorded = JSON.parse(readFileSync(join(folder!, "cases", `${id}.json`), "utf8")).stats;
    const differences = NAMES.flatMap(([theirs, ours, factor]) => {
      const raw = recorded[theirs];
      const expected = typeof raw === "object" && raw !== null ? raw.days : raw;
      const own = stats[ours] as number | null;
      const actual = own === null ? null : own * factor;
      return same(expected ?? null, actual) ? [] : [`${theirs}: expected ${expected}, got ${actual}`];
    });
    expect(differences).toEqual([]);
  });
});

function same(expected: number | null, actual: number | null): boolean {
  if (expected === null || actual === null) return expected === actual;
  return Math.abs(actual - expected) <= TOLERANCE * Math.max(1, Math.abs(expected));
}
