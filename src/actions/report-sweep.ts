import type { Calendar } from "../backtest/data/calendar.ts";
import { ENGINE_VERSION } from "../backtest/run-result.ts";
import { computeStatistics } from "../backtest/statistics/compute-statistics.ts";
import type { SweepReport } from "../backtest/sweep/sweep-report.ts";
import type { SweepSpec } from "../backtest/sweep/sweep-spec.ts";
import { isDone, ranked, type Trial, type TrialDone } from "../backtest/sweep/trial.ts";
import { loadBenchmark } from "./load-benchmark.ts";
import type { SweepFacts, SweepSources } from "./prepare-sweep.ts";

/** A sweep of which nothing is left to run. */
export interface FinishedSweep {
  readonly spec: SweepSpec;
  readonly facts: SweepFacts;
  readonly calendar: Calendar;
  readonly id: string;
}

/** The report of a sweep whose trials are all there, in the order of their index. */
export async function reportSweep(
  { spec, facts, calendar, id }: FinishedSweep,
  trials: readonly Trial[],
  sources: SweepSources,
): Promise<SweepReport> {
  const [first] = ranked(trials, spec.objective, spec.minimize);
  const done = trials.filter(isDone);
  return {
    id,
    engineVersion: ENGINE_VERSION,
    ...facts,
    options: spec.run.options,
    synthetic: facts.data.some(({ synthetic }) => synthetic),
    method: spec.method,
    seed: spec.seed,
    vary: spec.vary,
    fixed: spec.run.params,
    ...(spec.constraint !== undefined && { constraint: spec.constraint }),
    objective: spec.objective,
    minimize: spec.minimize,
    done: done.length,
    failed: trials.length - done.length,
    best: first !== undefined && isDone(first) ? await bestOf(first, done, { spec, calendar }, sources) : null,
    trials,
  };
}

async function bestOf(
  { index, params }: TrialDone,
  done: readonly TrialDone[],
  { spec: { run }, calendar }: Pick<FinishedSweep, "spec" | "calendar">,
  sources: SweepSources,
): Promise<SweepReport["best"]> {
  const { report, equity, time, columns } = await sources.runOne(params);
  const { trades, openTrades, firstBar } = report;
  const { initialEquity: cash, finalEquity } = report.stats;
  const result = { trades, openTrades, firstBar, equity, time, cash, finalEquity };
  const benchmark = await loadBenchmark(run, time, sources);
  const input = { result, columns, calendar, benchmark };
  const yearly = Math.sqrt(calendar.periodsPerYear ?? 1);
  const trialSharpes = done.flatMap(({ sharpe }) => (sharpe === null ? [] : [sharpe / yearly]));
  return {
    index,
    params: report.params,
    stats: computeStatistics(input, { convention: run.convention, trialSharpes }),
  };
}

/** One line: how many runs, and the best. */
export function summaryOfSweep({ best, objective, done, failed, trials }: SweepReport): string {
  const first = trials.find(({ index }) => index === best?.index);
  const value = first !== undefined && isDone(first) ? first[objective] : null;
  const found =
    value === null ? "no result" : `best ${objective} ${value.toFixed(3)} at ${JSON.stringify(first?.params)}`;
  return `${done} runs${failed > 0 ? `, ${failed} failed` : ""}, ${found}`;
}
