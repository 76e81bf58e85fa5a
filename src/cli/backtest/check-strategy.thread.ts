// Tries a strategy away from the main thread, so that one that never ends can be ended from there.
import { parentPort, workerData } from "node:worker_threads";
import { checkStrategy } from "../../actions/check-strategy.ts";
import { type WatchedBar, watchLoading, watchStrategy } from "../../backtest/watch-strategy.ts";
import { packError } from "../../core/sent-error.ts";
import { failOnLeftoverRejections } from "../../runtime/leftover-rejections.ts";
import { openWorkbench } from "../../runtime/workbench.ts";

const { reference, watched }: { reference: string; watched: WatchedBar } = workerData;
try {
  const { strategies } = openWorkbench();
  const load: typeof strategies.load = (...args) => watchLoading(watched, () => strategies.load(...args));
  const watching = { ...strategies, load };
  const checked = await checkStrategy(reference, watching, (one) => watchStrategy(one, watched));
  await failOnLeftoverRejections();
  parentPort!.postMessage(checked);
} catch (error) {
  parentPort!.postMessage({ error: packError(error) });
}
