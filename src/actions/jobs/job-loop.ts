import { type Clock, sleep } from "../../core/clock.ts";
import { OutageError } from "../../core/errors.ts";
import { JOB_KINDS } from "../../ops/job.ts";
import type { Closable } from "../../ports/closable.ts";
import type { JobQueue } from "../../ports/job-queue.ts";
import type { JobStore } from "../../ports/job-store.ts";
import type { Log } from "../../ports/log.ts";
import { type JobRunner, LEASE_MS } from "./job-runner.ts";

export interface LoopParts {
  readonly jobs: JobStore;
  readonly queue: JobQueue;
  readonly runner: JobRunner;
  readonly clock: Clock;
  readonly log: Log;
  /** The name this instance takes jobs under. */
  readonly owner: string;
  readonly progress: (what: string) => void;
  /** Asked before each job: whether one is taken now, and how long to rest after the one before. */
  readonly pace?: () => { readonly isOpen: boolean; readonly restMs: number };
}

/** How long to sleep without a ring. Jobs that back off or were lost by another are found no later than this. */
const LOOK_MS = 1_000;
const OUTAGE_PAUSE_MS = 500;
const REST_STEP_MS = 250;

/** Takes a job, runs it, takes the next; sleeps until the bell rings when there is none. */
export class JobLoop implements Closable {
  readonly #parts: LoopParts;
  readonly #leaving = new AbortController();
  readonly #ended: Promise<void>;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#ended = this.#loop();
  }

  /** Gives the current job back and ends. */
  async close(): Promise<void> {
    this.#leaving.abort();
    await this.#ended;
  }

  async #loop(): Promise<void> {
    const { clock, log } = this.#parts;
    const leaving = this.#leaving.signal;
    let deafness: (() => void) | undefined;
    let isDown = false;
    while (!leaving.aborted) {
      try {
        deafness ??= await this.#parts.jobs.onCancel((id) => this.#parts.runner.cancel(id));
        await this.#turn(leaving);
        if (isDown) log.info("the job store answers again");
        isDown = false;
      } catch (error) {
        if (!(error instanceof OutageError)) throw error;
        if (!isDown) log.warn("the job store does not answer", { reason: error.message });
        isDown = true;
        await sleep(clock, OUTAGE_PAUSE_MS, leaving);
      }
    }
    deafness?.();
  }

  async #turn(leaving: AbortSignal): Promise<void> {
    const { jobs, queue, runner, clock, log, owner, progress } = this.#parts;
    progress("look");
    for (const { id, state } of await jobs.reclaim()) log.warn("a job came back from a lost owner", { job: id, state });
    const taken = this.#pace().isOpen ? await jobs.take(owner, JOB_KINDS, LEASE_MS) : undefined;
    if (taken) {
      if (leaving.aborted) return void (await jobs.release(taken.job.id, taken.token));
      await runner.run(taken, leaving);
      progress("job");
      await this.#rest(leaving);
      return;
    }
    const awake = new AbortController();
    const wake = () => awake.abort();
    const cancel = clock.after(LOOK_MS, wake);
    leaving.addEventListener("abort", wake, { once: true });
    await queue.wait(awake.signal);
    leaving.removeEventListener("abort", wake);
    cancel();
  }

  /** Between two jobs; it ends at once when the rest is called off. */
  async #rest(leaving: AbortSignal): Promise<void> {
    const { clock, progress } = this.#parts;
    const begin = clock.monotonic();
    while (!leaving.aborted && clock.monotonic() - begin < this.#pace().restMs) {
      progress("look");
      await sleep(clock, Math.min(REST_STEP_MS, this.#pace().restMs), leaving);
    }
  }

  #pace(): { readonly isOpen: boolean; readonly restMs: number } {
    return this.#parts.pace?.() ?? { isOpen: true, restMs: 0 };
  }
}
