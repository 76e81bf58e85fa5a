// Loads a strategy away from the main thread, to see that its file comes to an end and leaves the process alone.
import { parentPort, workerData } from "node:worker_threads";
import { type WatchedBar, watchLoading } from "../../backtest/watch-strategy.ts";
import { packError } from "../../core/sent-error.ts";
import { openStrategies } from "../../runtime/workbench.ts";

const { reference, watched }: { reference: string; watched: WatchedBar } = workerData;
try {
  await watchLoading(watched, () => openStrategies().load(reference));
  parentPort!.postMessage({});
} catch (error) {
  parentPort!.postMessage({ error: packError(error) });
}
