import type { BacktestResult } from "../result.ts";
import { MIN_PERIODS, MIN_TRADES } from "../statistics/compute-statistics.ts";
import type { Measure } from "../statistics/statistics.ts";
import type { Combination } from "./draw.ts";
import { measureEquity } from "./measure-equity.ts";

/** One run of a sweep: a combination over bars with from <= time < to. */
export interface TrialTask {
  readonly index: number;
  readonly params: Combination;
  readonly from?: number;
  readonly to?: number;
}

/** What one run of a sweep came to; `error` instead of the measures when it failed. */
export type Trial = TrialDone | TrialFailed;

export interface TrialDone extends TrialMeasures {
  readonly index: number;
  readonly params: Combination;
}

export interface TrialFailed {
  readonly index: number;
  readonly params: Combination;
  readonly error: { readonly code: string; readonly message: string };
}

/**
 * The measures by which the runs of a sweep are compared; defined as in `Statistics` of the ttt convention. Where the
 * calendar is unknown, those of a year are those of a bar.
 */
export interface TrialMeasures {
  readonly finalEquity: number;
  readonly totalReturn: number;
  readonly annualReturn: Measure;
  readonly volatility: Measure;
  readonly sharpe: Measure;
  readonly sortino: Measure;
  readonly calmar: Measure;
  readonly maxDrawdown: number;
  readonly trades: number;
  readonly winRate: Measure;
  readonly profitFactor: Measure;
  readonly expectancy: Measure;
  readonly sqn: Measure;
  /** First bar at which the strategy was called: how long its warm-up is. */
  readonly firstBar: number;
}

export const OBJECTIVES = [
  "sharpe",
  "sortino",
  "calmar",
  "totalReturn",
  "annualReturn",
  "finalEquity",
  "volatility",
  "maxDrawdown",
  "trades",
  "winRate",
  "profitFactor",
  "expectancy",
  "sqn",
] as const satisfies readonly (keyof TrialMeasures)[];
export type Objective = (typeof OBJECTIVES)[number];

export const isDone = (trial: Trial): trial is TrialDone => !("error" in trial);

/** The measures of a result; a sweep must not spend its time on statistics. */
export function measureTrial(
  result: BacktestResult,
  profits: ArrayLike<number>,
  periodsPerYear: number,
): TrialMeasures {
  const { cash, finalEquity, firstBar } = result;
  const n = result.equity.length;
  const { sum, squares, downside, depth } = measureEquity(result.equity, cash);
  const mean = sum / n;
  const deviation = Math.sqrt(Math.max(0, squares - n * mean * mean) / (n - 1));
  const yearly = Math.sqrt(periodsPerYear);
  const annualReturn = (finalEquity / cash) ** (periodsPerYear / n) - 1;
  const enough = (value: number): Measure => (n >= MIN_PERIODS && Number.isFinite(value) ? value : null);
  return {
    finalEquity,
    totalReturn: finalEquity / cash - 1,
    annualReturn: enough(annualReturn),
    volatility: enough(deviation * yearly),
    sharpe: enough((mean / deviation) * yearly),
    sortino: enough((mean / Math.sqrt(downside / n)) * yearly),
    calmar: enough(annualReturn / depth),
    maxDrawdown: depth === 0 ? 0 : -depth,
    ...measureProfits(profits),
    firstBar,
  };
}

type ProfitMeasures = Pick<TrialMeasures, "trades" | "winRate" | "profitFactor" | "expectancy" | "sqn">;

function measureProfits(profits: ArrayLike<number>): ProfitMeasures {
  const trades = profits.length;
  let [wins, won, lost, squares] = [0, 0, 0, 0];
  for (let i = 0; i < trades; i++) {
    const profit = profits[i]!;
    if (profit > 0) {
      wins++;
      won += profit;
    } else lost -= profit;
  }
  const expectancy = (won - lost) / trades;
  for (let i = 0; i < trades; i++) squares += (profits[i]! - expectancy) ** 2;
  const enough = (value: number): Measure => (trades >= MIN_TRADES && Number.isFinite(value) ? value : null);
  return {
    trades,
    winRate: enough(wins / trades),
    profitFactor: enough(won / lost),
    expectancy: enough(expectancy),
    sqn: enough((Math.sqrt(trades) * expectancy) / Math.sqrt(squares / (trades - 1))),
  };
}

/** How good a trial is: larger is better. Undefined when it failed or its measure cannot be told. */
export function scoreOf(trial: Trial, objective: Objective, minimize: boolean): number | undefined {
  const value = isDone(trial) ? trial[objective] : null;
  if (value === null) return undefined;
  return minimize ? -value : value;
}

/** The best first; equal ones, and then those without a score, in their own order. */
export function ranked(trials: readonly Trial[], objective: Objective, minimize: boolean): Trial[] {
  const score = (trial: Trial) => scoreOf(trial, objective, minimize) ?? Number.NEGATIVE_INFINITY;
  return trials.toSorted((a, b) => compare(score(b), score(a)) || a.index - b.index);
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
