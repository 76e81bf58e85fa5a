// Runs one backtest in a thread of its own: away from the daemon's event loop, and ended from outside when it hangs.
import { parentPort } from "node:worker_threads";
import { backtestDocuments } from "../../src/actions/backtest-documents.ts";
import { runBacktest } from "../../src/actions/run-backtest.ts";
import { COURSE, PHASE } from "../../src/backtest/course.ts";
import { failureOf } from "../../src/ops/job-failure.ts";
import { openStrategies } from "../../src/runtime/workbench.ts";
import type { AnyStrategy } from "../../src/strategy/define-strategy.ts";
import type { ThreadAnswer, ThreadTask } from "./thread-messages.ts";

const strategies = openStrategies();

parentPort?.once("message", async (task: ThreadTask) => {
  parentPort?.postMessage(await answer(task));
});

async function answer({ spec, bars, course }: ThreadTask): Promise<ThreadAnswer> {
  try {
    const sources = { strategies, bars: { read: async (ref: string) => bars.get(ref) } };
    const outcome = await runBacktest(spec, sources, (strategy) => watched(strategy, course));
    course[COURSE.phase] = PHASE.report;
    return { ok: true, documents: backtestDocuments(outcome) };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

/** The same strategy, which also counts its bars where the daemon sees it. */
function watched(strategy: AnyStrategy, course: Int32Array): AnyStrategy {
  return {
    ...strategy,
    setup(context) {
      const onBar = strategy.setup(context);
      if (typeof onBar !== "function") return onBar;
      course[COURSE.phase] = PHASE.bars;
      let count = 0;
      return (bar, broker) => {
        course[COURSE.bar] = ++count;
        onBar(bar, broker);
      };
    },
  };
}
