import { Worker } from "node:worker_threads";
import type { Calendar } from "../backtest/data/calendar.ts";
import { crashedStrategy, exitedStrategy, type FailedThread, stuckStrategy } from "../backtest/failed-thread.ts";
import type { MarketData } from "../backtest/request.ts";
import type { BacktestSpec } from "../backtest/spec.ts";
import type { Trial, TrialTask } from "../backtest/sweep/trial.ts";
import { NOT_STARTED, type WatchedBar } from "../backtest/watch-strategy.ts";
import type { Clock } from "../core/clock.ts";
import type { OperatorError } from "../core/errors.ts";
import type { TrialPool, TrialPoolSetting } from "../ports/trial-pool.ts";
import type { BarColumns } from "../trading/bar.ts";
import { moduleUrl } from "./module-url.ts";

/** How often the threads are looked at. */
const LOOK_MS = 200;
/** Tasks that a thread holds at least: one to work on, one to go on with while the main thread is busy. */
const LEAST_IN_HAND = 2;
/** Tasks that go to a thread together. A message costs the main thread a twentieth of a short trial, and it has no core of its own. */
const MOST_IN_MESSAGE = 16;
/** A message holds at most this part of one thread's share of what is left, so that all threads end together. */
const PART_OF_SHARE = 1 / 4;

/** What a thread is started with. The columns are shared memory: no thread has a copy. */
export interface TrialThreadData {
  readonly strategy: string;
  readonly source?: string | undefined;
  readonly data: readonly MarketData[];
  readonly options: BacktestSpec;
  readonly fixed: Readonly<Record<string, unknown>>;
  readonly calendar?: Calendar;
  readonly watched: WatchedBar;
  /** One element, in which the thread counts the trials it has finished, whether it has sent them or not. */
  readonly finished: Int32Array<SharedArrayBuffer>;
}

export type TrialThreadSetup = Omit<TrialThreadData, "watched" | "finished">;

interface Slot {
  readonly worker: Worker;
  readonly watched: WatchedBar;
  readonly finished: TrialThreadData["finished"];
  /** Oldest first. Those at the front may be finished and not yet sent. */
  readonly inHand: TrialTask[];
  /** Trials that have come from it. */
  received: number;
  seen: number;
  since: number;
}

/** A pool over worker threads, which stay for the next batch. `entry` is the thread's module, as `moduleUrl` takes it. */
export class ThreadTrialPool implements TrialPool {
  readonly #url: URL;
  readonly #setup: TrialThreadSetup;
  readonly #setting: TrialPoolSetting;
  readonly #clock: Clock;
  readonly #slots = new Set<Slot>();
  #batch: Batch | undefined;

  constructor(entry: string, setup: TrialThreadSetup, setting: TrialPoolSetting, clock: Clock) {
    this.#url = moduleUrl(entry);
    this.#setup = { ...setup, data: setup.data.map(sharedMarket) };
    this.#setting = setting;
    this.#clock = clock;
  }

  async run(tasks: readonly TrialTask[], onTrial: (trial: Trial) => void, signal?: AbortSignal): Promise<void> {
    if (tasks.length === 0 || signal?.aborted) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#batch = { waiting: tasks.toReversed(), open: tasks.length, onTrial, resolve, reject };
    const abort = () => resolve();
    signal?.addEventListener("abort", abort, { once: true });
    const look = () => {
      this.#endStuck();
      cancelLook = this.#clock.after(LOOK_MS, look);
    };
    let cancelLook = this.#clock.after(LOOK_MS, look);
    try {
      while (this.#slots.size < Math.min(this.#setting.jobs, tasks.length)) this.#start();
      for (const slot of this.#slots) this.#feed(slot);
      await promise;
    } finally {
      cancelLook();
      signal?.removeEventListener("abort", abort);
      const unfinished = this.#batch.open > 0;
      this.#batch = undefined;
      if (unfinished) await this.close();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#slots].map((slot) => this.#stop(slot)));
  }

  #start(): Slot {
    const watched: WatchedBar = new Int32Array(new SharedArrayBuffer(4)).fill(NOT_STARTED);
    const finished = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(this.#url, {
      stdout: true,
      workerData: { ...this.#setup, watched, finished } satisfies TrialThreadData,
    });
    // What a strategy prints is a message; stdout is the command's data.
    worker.stdout.pipe(process.stderr, { end: false });
    const since = this.#clock.monotonic();
    const slot: Slot = { worker, watched, finished, inHand: [], received: 0, seen: NOT_STARTED, since };
    worker.on("message", (trials: readonly Trial[]) => this.#onTrials(slot, trials));
    worker.once("error", (error) => this.#replace(slot, (failed) => crashedStrategy(failed, error)));
    worker.once("exit", (code) => this.#replace(slot, (failed) => exitedStrategy(failed, code)));
    this.#slots.add(slot);
    return slot;
  }

  async #stop(slot: Slot): Promise<void> {
    this.#slots.delete(slot);
    slot.worker.removeAllListeners();
    // What it still has to say on its way out is of no consequence.
    slot.worker.on("error", () => {});
    await slot.worker.terminate();
  }

  #feed(slot: Slot): void {
    const waiting = this.#batch?.waiting ?? [];
    while (waiting.length > 0) {
      const part = Math.ceil((waiting.length / this.#setting.jobs) * PART_OF_SHARE);
      const count = Math.min(MOST_IN_MESSAGE, part);
      if (slot.inHand.length >= Math.max(LEAST_IN_HAND, count)) return;
      const tasks = waiting.splice(-count).reverse();
      slot.inHand.push(...tasks);
      slot.worker.postMessage(tasks);
    }
  }

  #onTrials(slot: Slot, trials: readonly Trial[]): void {
    slot.inHand.splice(0, trials.length);
    slot.received += trials.length;
    slot.since = this.#clock.monotonic();
    this.#feed(slot);
    for (const trial of trials) this.#done(trial);
  }

  #done(trial: Trial): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    try {
      batch.onTrial(trial);
    } catch (error) {
      batch.reject(error);
    }
    if (--batch.open === 0) batch.resolve();
  }

  /** The trial that the thread was working on has failed; what it held besides, or had not sent, goes to another. */
  #replace(slot: Slot, errorOf: (failed: FailedThread) => OperatorError): void {
    const unsent = Atomics.load(slot.finished, 0) - slot.received;
    // A thread that ended with nothing left to do ended of what it did last.
    const at = Math.min(unsent, slot.inHand.length - 1);
    const current = slot.inHand[at];
    const rest = slot.inHand.toSpliced(at, 1);
    const params = { ...this.#setup.fixed, ...current?.params };
    const error = errorOf({ what: this.#setup.strategy, params, bar: Atomics.load(slot.watched, 0) });
    void this.#stop(slot);
    if (this.#batch === undefined) return;
    this.#batch.waiting.push(...rest.toReversed());
    if (current === undefined) {
      this.#batch.reject(error);
      return;
    }
    if (this.#batch.open > 1) this.#feed(this.#start());
    const { code } = error.details;
    this.#done({ index: current.index, params: current.params, error: { code, message: error.message } });
  }

  #endStuck(): void {
    const now = this.#clock.monotonic();
    const { stallMs } = this.#setting;
    for (const slot of [...this.#slots]) {
      const bar = Atomics.load(slot.watched, 0);
      if (bar !== slot.seen) [slot.seen, slot.since] = [bar, now];
      if (bar === NOT_STARTED || slot.inHand.length === 0 || now - slot.since <= stallMs) continue;
      this.#replace(slot, (failed) => stuckStrategy(failed, stallMs));
    }
  }
}

/** The tasks of one call of `run`. */
interface Batch {
  /** The next one last. */
  readonly waiting: TrialTask[];
  open: number;
  readonly onTrial: (trial: Trial) => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function sharedMarket(market: MarketData): MarketData {
  return {
    ...market,
    columns: sharedColumns(market.columns),
    ...(market.finer && { finer: sharedColumns(market.finer) }),
  };
}

function sharedColumns(columns: BarColumns): BarColumns {
  const share = (column: Float64Array) => {
    const copy = new Float64Array(new SharedArrayBuffer(column.byteLength));
    copy.set(column);
    return copy;
  };
  return {
    time: share(columns.time),
    open: share(columns.open),
    high: share(columns.high),
    low: share(columns.low),
    close: share(columns.close),
    volume: share(columns.volume),
  };
}
