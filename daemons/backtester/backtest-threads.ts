import { Worker } from "node:worker_threads";
import type { JobRunner } from "../../src/actions/jobs/job-runner.ts";
import { messageOf, OperatorError } from "../../src/core/errors.ts";
import { unpackError } from "../../src/core/sent-error.ts";
import type { JobDocument } from "../../src/ops/job.ts";
import { moduleUrl } from "../../src/runtime/module-url.ts";
import type { ThreadAnswer } from "./thread-messages.ts";

/** What the runner of jobs hands over. */
export type ThreadTask = Parameters<ConstructorParameters<typeof JobRunner>[0]["threads"]["run"]>[0];

/** Heap of a thread, beside the bars, which lie in shared memory. Beyond it the job fails, not the daemon. */
const HEAP_MB = 1024;

/** Threads for one job each. The next one is started ahead, so that a job does not wait for its modules to load. */
export class BacktestThreads {
  readonly #heapMb: number;
  #next: Worker | undefined;
  #closed = false;

  constructor(heapMb = HEAP_MB) {
    this.#heapMb = heapMb;
    this.#next = startThread(heapMb);
  }

  /**
   * Runs one task and returns its documents. When the signal aborts the thread is ended, wherever it is, and this
   * throws the signal's reason. Throws OperatorError when the work failed.
   */
  async run(task: ThreadTask, signal: AbortSignal): Promise<readonly JobDocument[]> {
    signal.throwIfAborted();
    const thread = this.#next ?? startThread(this.#heapMb);
    this.#next = undefined;
    try {
      const answer = await new Promise<ThreadAnswer>((resolve, reject) => {
        thread.once("message", resolve);
        thread.once("error", (error) => reject(crashed(error)));
        thread.once("exit", () => reject(crashed(new Error("the thread ended without an answer"))));
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        thread.postMessage(task);
      });
      if ("error" in answer) throw unpackError(answer.error);
      return answer.documents;
    } finally {
      await thread.terminate();
      if (!this.#closed) this.#next = startThread(this.#heapMb);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#next?.terminate();
  }
}

function startThread(heapMb: number): Worker {
  const thread = new Worker(moduleUrl("daemons/backtester/thread"), {
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  // One that breaks while it waits is noticed by whoever uses it next.
  thread.on("error", () => {});
  thread.unref();
  return thread;
}

function crashed(error: Error): OperatorError {
  const outOfMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  return new OperatorError(
    outOfMemory ? `The backtest used more memory than a job may.` : "The backtest crashed its thread.",
    {
      exit: "jobFailed",
      code: outOfMemory ? "JOB_OUT_OF_MEMORY" : "JOB_CRASHED",
      found: messageOf(error),
      cause: error,
    },
  );
}
