import { Worker } from "node:worker_threads";
import { crashedStrategy, exitedStrategy, stuckStrategy } from "../backtest/failed-thread.ts";
import { NOT_STARTED, type WatchedBar } from "../backtest/watch-strategy.ts";
import type { Clock } from "../core/clock.ts";
import { OperatorError } from "../core/errors.ts";
import { type SentError, unpackError } from "../core/sent-error.ts";
import { moduleUrl } from "./module-url.ts";

/** How often a thread is looked at. */
const LOOK_MS = 200;

export interface WatchedThread {
  /** Entry of the thread, as `moduleUrl` takes it. It posts one message: its result, or `{ error }`. */
  readonly entry: string;
  readonly data: object;
  /** A strategy that stays at one bar for so long is stuck. */
  readonly stallMs: number;
  /** What is running, for the message of a stuck one. */
  readonly what: string;
  readonly params: object;
  readonly signal?: AbortSignal;
}

/** Runs a thread to its end, or ends it when its strategy is stuck or the signal aborts. */
export function runWatched<T>({ entry, data, stallMs, what, params, signal }: WatchedThread, clock: Clock): Promise<T> {
  const watched: WatchedBar = new Int32Array(new SharedArrayBuffer(4)).fill(NOT_STARTED);
  const worker = new Worker(moduleUrl(entry), { stdout: true, workerData: { ...data, watched } });
  // What a strategy prints is a message; stdout is the command's data.
  worker.stdout.pipe(process.stderr, { end: false });
  return new Promise<T>((resolve, reject) => {
    let seen = NOT_STARTED;
    let since = clock.monotonic();
    let cancel = clock.after(LOOK_MS, look);
    function look(): void {
      const bar = Atomics.load(watched, 0);
      const now = clock.monotonic();
      if (bar !== seen) [seen, since] = [bar, now];
      // Before it has started it is loading data, which may take as long as it takes.
      if (bar !== NOT_STARTED && now - since > stallMs) end(stuckStrategy({ what, params, bar }, stallMs));
      else cancel = clock.after(LOOK_MS, look);
    }
    function end(error: unknown): void {
      cancel();
      signal?.removeEventListener("abort", abort);
      worker.removeAllListeners();
      // What it still has to say on its way out is of no consequence.
      worker.on("error", () => {});
      void worker.terminate();
      reject(error);
    }
    function abort(): void {
      end(interrupted());
    }
    signal?.addEventListener("abort", abort, { once: true });
    worker.once("message", (message: T & { error?: SentError }) => {
      if (message.error !== undefined) {
        end(unpackError(message.error));
        return;
      }
      cancel();
      signal?.removeEventListener("abort", abort);
      resolve(message);
    });
    const failed = () => ({ what, params, bar: Atomics.load(watched, 0) });
    worker.once("error", (error) => end(crashedStrategy(failed(), error)));
    worker.once("exit", (code) => end(exitedStrategy(failed(), code)));
    if (signal?.aborted) abort();
  });
}

function interrupted(): OperatorError {
  return new OperatorError("Interrupted.", { exit: "interrupted", code: "INTERRUPTED" });
}
