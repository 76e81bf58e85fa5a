import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { messageOf, OperatorError } from "../../src/core/errors.ts";
import type { JobDocument } from "../../src/ops/job.ts";
import { errorOf } from "../../src/ops/job-failure.ts";
import { packageRoot } from "../../src/runtime/package-root.ts";
import type { ThreadAnswer, ThreadTask } from "./thread-messages.ts";

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
      if (!answer.ok) throw errorOf(answer.failure);
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
  const root = packageRoot();
  const path = import.meta.filename.endsWith(".ts")
    ? join(root, "daemons/backtester/thread.ts")
    : join(root, "dist/daemons/backtester/thread.js");
  const thread = new Worker(path, { resourceLimits: { maxOldGenerationSizeMb: heapMb } });
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
