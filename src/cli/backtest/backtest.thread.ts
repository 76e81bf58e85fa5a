// Runs one backtest away from the main thread, so that a strategy that never ends can be ended from there.
import { parentPort, workerData } from "node:worker_threads";
import { runBacktest } from "../../actions/run-backtest.ts";
import type { RunSpec } from "../../backtest/run-spec.ts";
import { type WatchedBar, watchLoading, watchStrategy } from "../../backtest/watch-strategy.ts";
import { packError } from "../../core/sent-error.ts";
import { failOnLeftoverRejections } from "../../runtime/leftover-rejections.ts";
import { openWorkbench } from "../../runtime/workbench.ts";

const { spec, watched }: { spec: RunSpec; watched: WatchedBar } = workerData;
try {
  const { strategies, ...workbench } = openWorkbench();
  const load: typeof strategies.load = (...args) => watchLoading(watched, () => strategies.load(...args));
  const sources = { ...workbench, strategies: { ...strategies, load } };
  const { report, result, columns } = await runBacktest(spec, sources, (one) => watchStrategy(one, watched));
  await failOnLeftoverRejections();
  parentPort!.postMessage({ report, equity: result.equity, time: result.time, columns });
} catch (error) {
  parentPort!.postMessage({ error: packError(error) });
}
