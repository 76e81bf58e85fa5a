import { sliceByRow } from "../backtest/data/slice-bars.ts";
import type { Trade } from "../backtest/result.ts";
import type { RunData } from "../backtest/run-report.ts";
import { computeStatistics } from "../backtest/statistics/compute-statistics.ts";
import type { Statistics } from "../backtest/statistics/statistics.ts";
import type { Combination } from "../backtest/sweep/draw.ts";
import { plannedCombinations } from "../backtest/sweep/plan-sweep.ts";
import type { SweepSpec } from "../backtest/sweep/sweep-spec.ts";
import { isDone, ranked, type Trial, type TrialDone } from "../backtest/sweep/trial.ts";
import { type Fold, type FoldOptions, foldsOf } from "../backtest/walk-forward.ts";
import { OperatorError } from "../core/errors.ts";
import { loadBenchmark } from "./load-benchmark.ts";
import { prepareSweep, type SweepSources } from "./prepare-sweep.ts";

/** One fold's choice, and what became of it. */
export interface WalkedFold {
  /** Times of the first bar of training, of the first bar of the test, and of the bar after its end (or the last bar). */
  readonly trainFrom: number;
  readonly testFrom: number;
  readonly testTo: number;
  readonly params: Combination;
  /** Return per year in training and in the test (null with an unknown calendar), and the objective in training. */
  readonly inSample: number | null;
  readonly outOfSample: number | null;
  readonly objective: number | null;
  readonly trades: number;
}

export interface WalkForwardReport extends FoldOptions {
  readonly strategy: string;
  readonly data: readonly RunData[];
  readonly synthetic: boolean;
  readonly vary: readonly string[];
  readonly folds: readonly WalkedFold[];
  /** The tests one after another, as one run with the equity carried over. */
  readonly stats: Statistics;
  /** Mean yearly return of the tests over that of the trainings: how much of what was promised was kept. */
  readonly efficiency: number | null;
  readonly equity: readonly number[];
}

/**
 * Walks forward: chooses the best combination on one stretch of bars and trades it on the next, again and again. Every
 * test warms up on the bars before it, starts with the equity of the one before, and closes its trades at its end.
 */
export async function runWalkForward(
  spec: SweepSpec,
  options: FoldOptions,
  sources: Omit<SweepSources, "runOne"> & {
    runOne(params: Combination, change: { from: number; to: number; cash: number }): ReturnType<SweepSources["runOne"]>;
  },
  watch: { readonly onProgress?: (done: number, total: number) => void; readonly signal?: AbortSignal } = {},
): Promise<WalkForwardReport> {
  const { id, plan, data, calendar, facts } = await prepareSweep(spec, { ...sources });
  const { columns } = data[0]!;
  const folds = foldsOf(columns.time.length, options);
  const combinations = plannedCombinations(plan);
  const timeAt = (row: number) => columns.time[row] ?? columns.time.at(-1)! + 1;
  const tasks = folds.flatMap(({ trainStart, testStart }, fold) =>
    combinations.map((params, i) => ({
      index: fold * combinations.length + i,
      params,
      from: timeAt(trainStart),
      to: timeAt(testStart),
    })),
  );
  const trials: Trial[] = [];
  const pool = sources.openPool({ id, spec, data, calendar });
  try {
    await pool.run(
      tasks,
      (trial) => {
        trials[trial.index] = trial;
        watch.onProgress?.(Object.keys(trials).length, tasks.length);
      },
      watch.signal,
    );
  } finally {
    await pool.close();
  }
  if (watch.signal?.aborted) {
    throw new OperatorError("The walk-forward was interrupted.", { exit: "interrupted", code: "INTERRUPTED" });
  }

  const walked: WalkedFold[] = [];
  const trades: Trade[] = [];
  const equity: number[] = [];
  let cash = spec.run.options.cash ?? 10_000;
  const initial = cash;
  for (const [number, fold] of folds.entries()) {
    const best = bestOf(trials.slice(number * combinations.length, (number + 1) * combinations.length), spec, fold);
    const warmUp = Math.min(best.firstBar, fold.testStart);
    const change = { from: timeAt(fold.testStart - warmUp), to: timeAt(fold.testEnd), cash };
    const { report, equity: whole } = await sources.runOne(best.params, change);
    const curve = whole.subarray(warmUp);
    for (const value of curve) equity.push(value);
    trades.push(...report.trades);
    const perYear = calendar.periodsPerYear;
    const years = perYear === null ? Number.NaN : curve.length / perYear;
    walked.push({
      trainFrom: timeAt(fold.trainStart),
      testFrom: timeAt(fold.testStart),
      testTo: timeAt(fold.testEnd),
      params: best.params,
      inSample: perYear === null ? null : best.annualReturn,
      outOfSample: perYear !== null && cash > 0 ? (report.stats.finalEquity / cash) ** (1 / years) - 1 : null,
      objective: best[spec.objective],
      trades: report.trades.length,
    });
    cash = report.stats.finalEquity;
  }
  const tested = sliceByRow(columns, folds[0]!.testStart, folds.at(-1)!.testEnd);
  const curve = Float64Array.from(equity);
  const stats = computeStatistics(
    {
      result: {
        trades,
        openTrades: [],
        equity: curve,
        time: tested.time,
        cash: initial,
        finalEquity: cash,
        firstBar: 0,
      },
      columns: tested,
      calendar,
      benchmark: await loadBenchmark(spec.run, tested.time, sources),
    },
    { convention: spec.run.convention },
  );
  return {
    strategy: facts.strategy,
    data: facts.data,
    synthetic: facts.data.some(({ synthetic }) => synthetic),
    vary: spec.vary,
    ...options,
    folds: walked,
    stats,
    efficiency: efficiencyOf(walked),
    equity,
  };
}

function bestOf(trials: readonly Trial[], spec: SweepSpec, fold: Fold): TrialDone {
  const [best] = ranked(trials, spec.objective, spec.minimize);
  if (best !== undefined && isDone(best)) return best;
  throw new OperatorError(`No combination gave a result on bars ${fold.trainStart} to ${fold.testStart}.`, {
    exit: "jobFailed",
    code: "NO_RESULT",
    ...(best !== undefined && !isDone(best) && { found: best.error.message }),
  });
}

function efficiencyOf(folds: readonly WalkedFold[]): number | null {
  const known = folds.flatMap(({ inSample, outOfSample }) =>
    inSample === null || outOfSample === null ? [] : [[inSample, outOfSample] as const],
  );
  const promised = known.reduce((sum, [one]) => sum + one, 0);
  const kept = known.reduce((sum, [, one]) => sum + one, 0);
  return promised > 0 ? kept / promised : null;
}
