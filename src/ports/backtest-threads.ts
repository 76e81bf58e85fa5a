import type { Dataset } from "../backtest/data/dataset.ts";
import type { RunSpec } from "../backtest/run-spec.ts";
import type { TrialTask } from "../backtest/sweep/trial.ts";
import type { WatchedBar } from "../backtest/watch-strategy.ts";
import type { JobDocument } from "../ops/job.ts";

/** Runs backtests away from the event loop, so that one that hangs or eats memory can be ended. */
export interface BacktestThreads {
  /**
   * Runs one backtest and returns its documents. When the signal aborts the work is ended, wherever it is, and this
   * throws the signal's reason. Throws OperatorError when the work failed.
   */
  run(task: ThreadTask, signal: AbortSignal): Promise<readonly JobDocument[]>;
}

export interface ThreadTask {
  readonly spec: RunSpec;
  /** Left out for one backtest: these combinations instead, each a run of its own. */
  readonly tasks?: readonly TrialTask[];
  /** The bars of each reference of the specification, in shared memory. */
  readonly bars: ReadonlyMap<string, Dataset>;
  /** Where the work shows how far it is: the bar it is at, or how many of its combinations are done. */
  readonly watched: WatchedBar;
}
