import { ENGINE_VERSION } from "../backtest/run-result.ts";
import type { ShardResult, SweepShard } from "../backtest/sweep/shard.ts";
import type { Trial } from "../backtest/sweep/trial.ts";
import { TrialRunner } from "../backtest/sweep/trial-runner.ts";
import { type BacktestSources, loadInstruments } from "./run-backtest.ts";

/** Runs a shard of a sweep in this thread, one combination after another; tells after each how many are done. */
export async function runShard(
  { run, tasks }: SweepShard,
  sources: BacktestSources,
  onProgress: (done: number) => void,
): Promise<ShardResult> {
  const { strategy } = await sources.strategies.load(run.strategy, run.source);
  const instruments = await loadInstruments(run, sources);
  const data = instruments.map(({ market }) => market);
  const { calendar } = instruments[0]!;
  const runner = new TrialRunner({ strategy, data, options: run.options, fixed: run.params, calendar });
  const trials: Trial[] = [];
  onProgress(0);
  for (const task of tasks) onProgress(trials.push(runner.run(task)));
  return { engineVersion: ENGINE_VERSION, trials };
}
