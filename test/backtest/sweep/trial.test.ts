import { expect, test } from "vitest";
import { calendarGiven, calendarOf } from "../../../src/backtest/data/calendar.ts";
import { runBacktest } from "../../../src/backtest/run.ts";
import { computeStatistics } from "../../../src/backtest/statistics/compute-statistics.ts";
import { isDone, OBJECTIVES } from "../../../src/backtest/sweep/trial.ts";
import { TrialRunner } from "../../../src/backtest/sweep/trial-runner.ts";
import { breakout } from "../../../src/strategy/builtin/breakout.ts";
import { smaCross } from "../../../src/strategy/builtin/sma-cross.ts";
import { randomBars } from "../../support/bars.ts";

test.each([
  ["a market that rises and falls", smaCross, { fast: 3, slow: 9 }, 0.01, 3000],
  ["wild bars", smaCross, { fast: 2, slow: 4 }, 0.1, 400],
  ["a strategy that takes every bar", breakout, {}, 0.02, 2000],
  ["too few bars for ratios", smaCross, { fast: 2, slow: 4 }, 0.02, 25],
  ["nothing traded", smaCross, { fast: 400, slow: 500 }, 0.02, 300],
])("the quick measures of a sweep's runs are the statistics of the run: %s", (_what, strategy, params, wild, count) => {
  const columns = randomBars(count, 5, wild);
  const calendar = calendarGiven(calendarOf(columns.time), "24/7");
  const data = [{ symbol: "X", columns }];
  const options = { commission: 0.001 };
  const trial = new TrialRunner({ strategy, data, options, fixed: {}, calendar }).run({ index: 0, params });
  const result = runBacktest({ strategy, params, data, spec: options });
  const stats = computeStatistics({ result, columns, calendar });
  if (!isDone(trial)) throw new Error(trial.error.message);
  for (const name of OBJECTIVES) expectNear(trial[name], stats[name], name);
});

function expectNear(measured: number | null, exact: number | null, name: string): void {
  if (measured === null || exact === null) expect(measured, name).toBe(exact);
  else expect(measured / (exact === 0 ? 1 : exact) - (exact === 0 ? 0 : 1), name).toBeCloseTo(0, 9);
}
