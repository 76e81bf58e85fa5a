// Runs the combinations of a sweep that the main thread sends, one after another.
import { parentPort, workerData } from "node:worker_threads";
import type { TrialTask } from "../../backtest/sweep/trial.ts";
import { TrialRunner } from "../../backtest/sweep/trial-runner.ts";
import { watchLoading, watchStrategy } from "../../backtest/watch-strategy.ts";
import type { TrialThreadData } from "../../runtime/thread-trial-pool.ts";
import { openWorkbench } from "../../runtime/workbench.ts";

const { strategy: reference, source, data, options, fixed, calendar, watched }: TrialThreadData = workerData;
// Built-in strategies are known to end, and need not be watched.
const { strategy, path } = await watchLoading(watched, () => openWorkbench().strategies.load(reference, source));
const watchedStrategy = path === undefined ? strategy : watchStrategy(strategy, watched);
const runner = new TrialRunner({ strategy: watchedStrategy, data, options, fixed, ...(calendar && { calendar }) });
parentPort!.on("message", (task: TrialTask) => parentPort!.postMessage(runner.run(task)));
