import { Worker } from "node:worker_threads";
import type { MarketData } from "../backtest/request.ts";
import type { BacktestSpec } from "../backtest/spec.ts";
import type { SweepField } from "../backtest/sweep-measures.ts";
import type { Clock } from "../core/clock.ts";
import { OperatorError } from "../core/errors.ts";
import { packError, type SentError } from "../core/sent-error.ts";
import type { ParamValues } from "../strategy/params.ts";
import type { BarColumns } from "../trading/bar.ts";
import { moduleUrl } from "./module-url.ts";

/** How often progress is looked at and stuck threads are looked for. */
const LOOK_MS = 100;
const THREAD = "src/runtime/sweep.thread";

export interface ThreadedSweep {
  /** Built-in name or path of a strategy, and its text when it came along. */
  readonly strategy: string;
  readonly source?: string | undefined;
  /** Best in shared memory (`shareColumns`): otherwise each thread gets a copy. */
  readonly data: readonly MarketData[];
  readonly spec: BacktestSpec;
  readonly fields: readonly SweepField[];
  readonly combinations: readonly ParamValues[];
  /** Which combinations to run, by index; all when left out. */
  readonly todo?: readonly number[];
  readonly threads: number;
  /** A combination that takes longer is given up, and its thread replaced. */
  readonly stallMs: number;
  readonly signal?: AbortSignal;
  /** Called now and then with how many combinations are done. */
  readonly onProgress?: (done: number) => void;
}

export interface SweepRows {
  /** Fields of combination i from `i * fields.length` on; NaN where it did not run or failed. */
  readonly rows: Float64Array;
  /** 1 where the combination has run. */
  readonly done: Uint8Array;
  /** Why combinations failed, by index. The others are not affected. */
  readonly failures: ReadonlyMap<number, SentError>;
}

/** What threads and their owner share. Each is one memory for all. */
export interface SweepBoard {
  /** The place in `todo` that is taken next. */
  readonly next: Int32Array<SharedArrayBuffer>;
  readonly todo: Int32Array<SharedArrayBuffer>;
  /** What each thread is at, -1 for nothing. */
  readonly current: Int32Array<SharedArrayBuffer>;
  readonly rows: Float64Array<SharedArrayBuffer>;
  readonly done: Uint8Array<SharedArrayBuffer>;
}

export interface SweepThreadTask extends Pick<ThreadedSweep, "strategy" | "source" | "data" | "spec" | "fields"> {
  readonly combinations: readonly ParamValues[];
  readonly board: SweepBoard;
  readonly thread: number;
}

/** A thread posts the combinations that fail; `index` -1 means that it could not begin at all. */
export interface SweepFailure {
  readonly index: number;
  readonly error: SentError;
}

/**
 * Runs the combinations on threads that take one after the other from a shared list. The rows are the same whatever
 * the number of threads. Aborting stops after the combinations under way are given up; what is done is returned.
 */
export async function runSweepThreads(sweep: ThreadedSweep, clock: Clock): Promise<SweepRows> {
  const { combinations, fields, signal, onProgress } = sweep;
  const todo = sweep.todo ?? combinations.map((_combination, index) => index);
  const board = makeBoard(todo, combinations.length, fields.length, sweep.threads);
  const failures = new Map<number, SentError>();
  const threads = Array.from({ length: Math.min(sweep.threads, todo.length) }, (_none, thread) =>
    superviseThread(sweep, board, thread, failures, clock),
  );
  const report = () => onProgress?.(countDone(board) + failures.size);
  let cancel = clock.after(LOOK_MS, function look() {
    report();
    cancel = clock.after(LOOK_MS, look);
  });
  try {
    await Promise.all(threads);
  } finally {
    cancel();
  }
  if (!signal?.aborted) report();
  return { rows: Float64Array.from(board.rows), done: Uint8Array.from(board.done), failures };
}

/** Copies columns into shared memory, once for all threads. */
export function shareColumns(columns: BarColumns): BarColumns {
  const share = (column: Float64Array): Float64Array => {
    if (column.buffer instanceof SharedArrayBuffer) return column;
    const shared = new Float64Array(new SharedArrayBuffer(column.byteLength));
    shared.set(column);
    return shared;
  };
  const { time, open, high, low, close, volume } = columns;
  return {
    time: share(time),
    open: share(open),
    high: share(high),
    low: share(low),
    close: share(close),
    volume: share(volume),
  };
}

/** Keeps one thread at work until nothing is left: one that is stuck is ended and replaced. */
async function superviseThread(
  sweep: ThreadedSweep,
  board: SweepBoard,
  thread: number,
  failures: Map<number, SentError>,
  clock: Clock,
): Promise<void> {
  while (!sweep.signal?.aborted && Atomics.load(board.next, 0) < board.todo.length) {
    const stuckAt = await runThread(sweep, board, thread, failures, clock);
    if (stuckAt === undefined) return;
    failures.set(stuckAt, packError(stuck(sweep, stuckAt)));
    Atomics.store(board.current, thread, -1);
  }
}

/** Runs one thread to its end. Resolves with the combination at which it was stuck, if it was. */
function runThread(
  sweep: ThreadedSweep,
  board: SweepBoard,
  thread: number,
  failures: Map<number, SentError>,
  clock: Clock,
): Promise<number | undefined> {
  const { strategy, source, data, spec, fields, combinations, signal, stallMs } = sweep;
  const task: SweepThreadTask = { strategy, source, data, spec, fields, combinations, board, thread };
  const worker = new Worker(moduleUrl(THREAD), { workerData: task });
  return new Promise((resolve, reject) => {
    let seen = -1;
    let since = clock.monotonic();
    let cancel = clock.after(LOOK_MS, look);
    const settle = (finish: () => void) => {
      cancel();
      signal?.removeEventListener("abort", abort);
      worker.removeAllListeners();
      void worker.terminate().then(finish, reject);
    };
    const abort = () => settle(() => resolve(undefined));
    function look(): void {
      const current = Atomics.load(board.current, thread);
      if (current !== seen) [seen, since] = [current, clock.monotonic()];
      if (current >= 0 && clock.monotonic() - since > stallMs) settle(() => resolve(current));
      else cancel = clock.after(LOOK_MS, look);
    }
    worker.on("message", ({ index, error }: SweepFailure) => {
      if (index >= 0) failures.set(index, error);
      else settle(() => reject(new OperatorError(error.message, error.details ?? { exit: "bug", code: "BUG" })));
    });
    worker.once("error", (error) => settle(() => reject(error)));
    worker.once("exit", () => settle(() => resolve(undefined)));
    signal?.addEventListener("abort", abort, { once: true });
  });
}

function makeBoard(todo: readonly number[], combinations: number, fields: number, threads: number): SweepBoard {
  const integers = (count: number) => new Int32Array(new SharedArrayBuffer(4 * count));
  const rows = new Float64Array(new SharedArrayBuffer(8 * combinations * fields)).fill(Number.NaN);
  const list = integers(todo.length);
  list.set(todo);
  return {
    next: integers(1),
    todo: list,
    current: integers(threads).fill(-1),
    rows,
    done: new Uint8Array(new SharedArrayBuffer(combinations)),
  };
}

function countDone({ done }: SweepBoard): number {
  let count = 0;
  for (const one of done) count += one;
  return count;
}

function stuck({ strategy, combinations, stallMs }: ThreadedSweep, index: number): OperatorError {
  return new OperatorError(`${strategy} is stuck: a run took longer than ${stallMs / 1000} s.`, {
    exit: "jobFailed",
    code: "STRATEGY_STUCK",
    expected: "a strategy that returns from every bar",
    found: `params ${JSON.stringify(combinations[index])}`,
    hint: "look for a loop that does not end; --stall gives it more time",
  });
}
