// Runs one job in a thread of its own: away from the daemon's event loop, and ended from outside when it hangs.
import { parentPort } from "node:worker_threads";
import { backtestDocuments, shardDocuments } from "../../src/actions/backtest-documents.ts";
import { runBacktest } from "../../src/actions/run-backtest.ts";
import { runShard } from "../../src/actions/run-shard.ts";
import { NOT_STARTED, watchStrategy } from "../../src/backtest/watch-strategy.ts";
import { packError } from "../../src/core/sent-error.ts";
import { openStrategies } from "../../src/runtime/workbench.ts";
import type { ThreadTask } from "./backtest-threads.ts";
import type { ThreadAnswer } from "./thread-messages.ts";

const strategies = openStrategies();

parentPort?.once("message", async (task: ThreadTask) => {
  parentPort?.postMessage(await answer(task));
});

async function answer({ spec, tasks, bars, watched }: ThreadTask): Promise<ThreadAnswer> {
  try {
    const sources = { strategies, bars: { read: async (ref: string) => bars.get(ref) } };
    if (tasks) {
      const show = (done: number) => Atomics.store(watched, 0, done);
      return { documents: shardDocuments(await runShard({ run: spec, tasks }, sources, show)) };
    }
    const outcome = await runBacktest(spec, sources, (strategy) => watchStrategy(strategy, watched));
    // What follows is ours, and may take as long as it takes.
    Atomics.store(watched, 0, NOT_STARTED);
    return { documents: backtestDocuments(outcome) };
  } catch (error) {
    return { error: packError(error) };
  }
}
