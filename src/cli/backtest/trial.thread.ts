// Runs the combinations of a sweep that the main thread sends, one after another.
import { parentPort, workerData } from "node:worker_threads";
import type { Trial, TrialTask } from "../../backtest/sweep/trial.ts";
import { TrialRunner } from "../../backtest/sweep/trial-runner.ts";
import { watchLoading, watchStrategy } from "../../backtest/watch-strategy.ts";
import type { TrialThreadData } from "../../runtime/thread-trial-pool.ts";
import { openWorkbench } from "../../runtime/workbench.ts";

/** Trials are sent together, but none waits longer than this for others. */
const SEND_MS = 10;

const { strategy: reference, source, data, options, fixed, calendar, watched, finished }: TrialThreadData = workerData;
const { strategies, clock } = openWorkbench();
// Built-in strategies are known to end, and need not be watched.
const { strategy, path } = await watchLoading(watched, () => strategies.load(reference, source));
const watchedStrategy = path === undefined ? strategy : watchStrategy(strategy, watched);
const runner = new TrialRunner({ strategy: watchedStrategy, data, options, fixed, ...(calendar && { calendar }) });
parentPort!.on("message", (tasks: readonly TrialTask[]) => {
  let trials: Trial[] = [];
  let begun = clock.monotonic();
  for (const task of tasks) {
    trials.push(runner.run(task));
    Atomics.add(finished, 0, 1);
    if (clock.monotonic() - begun < SEND_MS) continue;
    parentPort!.postMessage(trials);
    trials = [];
    begun = clock.monotonic();
  }
  if (trials.length > 0) parentPort!.postMessage(trials);
});
