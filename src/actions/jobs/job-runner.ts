import { type RunSpec, runSpecSchema } from "../../backtest/run-spec.ts";
import { barRefsOf } from "../../backtest/shared-bars.ts";
import { type SweepShard, sweepShardSchema } from "../../backtest/sweep/shard.ts";
import { NOT_STARTED, type WatchedBar } from "../../backtest/watch-strategy.ts";
import { type Clock, sleep } from "../../core/clock.ts";
import { messageOf, OperatorError, OutageError } from "../../core/errors.ts";
import { span } from "../../core/trace.ts";
import type { Job, JobDocument } from "../../ops/job.ts";
import { failureOf } from "../../ops/job-failure.ts";
import type { BacktestThreads } from "../../ports/backtest-threads.ts";
import type { JobStore, TakenJob } from "../../ports/job-store.ts";
import type { Log } from "../../ports/log.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { BarCache } from "./bar-cache.ts";

export interface RunnerParts {
  readonly jobs: JobStore;
  readonly bars: BarCache;
  readonly threads: BacktestThreads;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** A strategy that spends this long on one bar will not end. */
  readonly stuckMs?: number;
  /** Called whenever the running job is seen to go forward, or to be dealt with. */
  readonly onStep?: () => void;
}

/** How long a job stays with an owner that is not heard of. Longer than a restart of the database. */
export const LEASE_MS = 20_000;
const HEARTBEAT_MS = 1_000;
const STUCK_MS = 60_000;
/** How long a result is worth trying to store while the database is away, and the pause between two tries. */
const STORE_PATIENCE_MS = 60_000;
const STORE_PAUSE_MS = 500;

type Stop = "cancelled" | "lost" | "leaving" | "stuck";

/** Why a job was ended from outside. */
class Stopped extends Error {
  readonly why: Stop;
  constructor(why: Stop) {
    super(why);
    this.why = why;
  }
}

/** What a job's progress is counted against: bars of one run, or runs of a shard. */
interface Aim {
  steps: number;
  readonly step: "bar" | "run";
}

/** Runs one job after another: bars, thread, heartbeat, result. */
export class JobRunner {
  readonly #parts: RunnerParts;
  #current: { readonly id: string; readonly stop: AbortController } | undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  get isBusy(): boolean {
    return this.#current !== undefined;
  }

  /** Ends the job if it is the current one: somebody cancelled it. */
  cancel(id: string): void {
    if (this.#current?.id === id) this.#current.stop.abort(new Stopped("cancelled"));
  }

  /** Carries the job to its end, or gives it back when `leaving` aborts. Throws nothing: a job's trouble is its own. */
  run(taken: TakenJob, leaving: AbortSignal): Promise<void> {
    const { id, kind, traceparent } = taken.job;
    const options = { kind: "consumer", parent: traceparent, attributes: { job: id } } as const;
    return span(`job ${kind}`, options, () => this.#run(taken, leaving));
  }

  async #run({ job, token }: TakenJob, leaving: AbortSignal): Promise<void> {
    const { clock, metrics } = this.#parts;
    const log = this.#parts.log.child({ job: job.id });
    const started = clock.monotonic();
    const stop = new AbortController();
    const leave = () => stop.abort(new Stopped("leaving"));
    leaving.addEventListener("abort", leave, { once: true });
    this.#current = { id: job.id, stop };
    const aim: Aim = { steps: Number.POSITIVE_INFINITY, step: job.kind === "backtest" ? "bar" : "run" };
    const watched: WatchedBar = new Int32Array(new SharedArrayBuffer(4)).fill(NOT_STARTED);
    metrics.set("ttt_jobs_running", {}, 1);
    log.info("job started", { attempt: job.attempts });
    const heart = new AbortController();
    let beating: Promise<void> | undefined;
    try {
      const { run: spec, tasks } = workOf(job);
      beating = this.#beat({ job, token }, watched, aim, stop, heart.signal);
      const bars = new Map<string, Awaited<ReturnType<BarCache["read"]>>>();
      for (const ref of barRefsOf(spec)) bars.set(ref, await this.#parts.bars.read(ref));
      aim.steps = tasks ? tasks.length : rowsIn(spec, bars.get(spec.data[0]!.ref)!.columns.time);
      const task = { spec, bars, watched, ...(tasks && { tasks }) };
      const documents = await this.#parts.threads.run(task, stop.signal);
      const stored = await this.#store({ job, token }, documents, stop.signal);
      this.#ended("done", started);
      log.info(stored ? "job succeeded" : "job was taken by another; its result here is dropped", {
        ms: Math.round(clock.monotonic() - started),
      });
    } catch (error) {
      const end = error instanceof Stopped && error.why === "stuck" ? this.#stuck(watched, aim) : error;
      await this.#close({ job, token }, end, started, log);
    } finally {
      heart.abort();
      await beating;
      leaving.removeEventListener("abort", leave);
      this.#current = undefined;
      metrics.set("ttt_jobs_running", {}, 0);
    }
  }

  /** Keeps the lease and shows the progress; hears of a cancellation and of a loss; notices a strategy that hangs. */
  async #beat(
    { job, token }: TakenJob,
    watched: WatchedBar,
    aim: Readonly<Aim>,
    stop: AbortController,
    signal: AbortSignal,
  ): Promise<void> {
    const { jobs, clock, log, stuckMs = STUCK_MS } = this.#parts;
    let bar = NOT_STARTED;
    let progress = 0;
    let movedAt = clock.monotonic();
    for (;;) {
      await sleep(clock, HEARTBEAT_MS, signal);
      if (signal.aborted) return;
      const now = Atomics.load(watched, 0);
      if (now !== bar || now === NOT_STARTED) {
        movedAt = clock.monotonic();
        this.#parts.onStep?.();
      }
      bar = now;
      progress = Math.max(progress, Math.min(0.99, bar / Math.max(1, aim.steps)));
      if (clock.monotonic() - movedAt > stuckMs) stop.abort(new Stopped("stuck"));
      try {
        const lease = await jobs.heartbeat(job.id, token, LEASE_MS, progress);
        if (lease === "lost" && !signal.aborted) stop.abort(new Stopped("lost"));
        if (lease === "cancelling") stop.abort(new Stopped("cancelled"));
      } catch (error) {
        log.warn("heartbeat failed", { job: job.id, reason: messageOf(error) });
      }
    }
  }

  /** The result is worth waiting for a database that restarts. False when the job is no longer ours. */
  async #store({ job, token }: TakenJob, documents: readonly JobDocument[], signal: AbortSignal): Promise<boolean> {
    const { jobs, clock, log } = this.#parts;
    const giveUp = clock.monotonic() + STORE_PATIENCE_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        if (await jobs.succeed(job.id, token, documents)) return true;
        // An earlier try may have been committed although its answer was lost.
        return attempt > 1 && (await jobs.find(job.id))?.state === "succeeded";
      } catch (error) {
        if (!(error instanceof OutageError) || clock.monotonic() > giveUp) throw error;
        this.#parts.onStep?.();
        log.warn("the result could not be stored yet", { job: job.id, attempt, reason: error.message });
        await sleep(clock, STORE_PAUSE_MS, signal);
        signal.throwIfAborted();
      }
    }
  }

  /** Tells the store how the job ended. When that fails too, the lease runs out and the job goes back by itself. */
  async #close({ job, token }: TakenJob, error: unknown, started: number, log: Log): Promise<void> {
    const { jobs } = this.#parts;
    try {
      if (error instanceof Stopped && error.why === "cancelled") {
        await jobs.cancelled(job.id, token);
        this.#ended("canceled", started);
        log.info("job cancelled");
      } else if (error instanceof Stopped && error.why === "leaving") {
        await jobs.release(job.id, token);
        log.info("job given back");
      } else if (error instanceof Stopped && error.why === "lost") {
        log.warn("job lost: the lease ran out and another may have it");
      } else if (error instanceof OutageError) {
        await jobs.retry(job.id, token, failureOf(error));
        this.#ended("retried", started);
        log.warn("job goes back", { reason: error.message });
      } else {
        const failure = failureOf(error);
        await jobs.fail(job.id, token, failure);
        this.#ended("failed", started);
        log.warn("job failed", { code: failure.code, reason: failure.message });
      }
    } catch (failed) {
      log.error("the end of the job could not be stored; it goes back when its lease runs out", { error: failed });
    }
  }

  #stuck(watched: WatchedBar, { step }: Aim): OperatorError {
    const at = Atomics.load(watched, 0);
    const { stuckMs = STUCK_MS } = this.#parts;
    const where = at < 0 ? "its setup" : `${step} ${at}`;
    return new OperatorError(`The strategy did not come back from ${where} within ${stuckMs / 1000} s.`, {
      exit: "jobFailed",
      code: "STRATEGY_STUCK",
      hint: "It loops without end.",
    });
  }

  #ended(outcome: "done" | "failed" | "canceled" | "retried", started: number): void {
    const { metrics, clock } = this.#parts;
    metrics.count("ttt_jobs_total", { outcome });
    metrics.observe("ttt_job_duration_seconds", {}, (clock.monotonic() - started) / 1000);
  }
}

/** The specification of a job, and the combinations when it is a shard of a sweep. */
function workOf({ kind, spec }: Job): { readonly run: RunSpec; readonly tasks?: SweepShard["tasks"] } {
  return kind === "backtest" ? { run: runSpecSchema.parse(spec) } : sweepShardSchema.parse(spec);
}

/** How many bars the strategy will see: progress is counted against them. */
function rowsIn({ from = -Infinity, to = Infinity }: RunSpec, time: Float64Array): number {
  let rows = 0;
  for (const at of time) if (at >= from && at < to) rows++;
  return rows;
}
