import { ENGINE_VERSION } from "../backtest/run-result.ts";
import type { RunSpec } from "../backtest/run-spec.ts";
import { cutIntoShards } from "../backtest/sweep/shard.ts";
import type { Trial, TrialTask } from "../backtest/sweep/trial.ts";
import { OperatorError } from "../core/errors.ts";
import type { BacktestService, RemoteBacktest } from "../ports/backtest-service.ts";
import type { TrialPool } from "../ports/trial-pool.ts";

export interface RemotePoolParts {
  /** With bars that the stack has: see `shareBars`. */
  readonly run: RunSpec;
  /** Id of the sweep. */
  readonly sweep: string;
  readonly service: BacktestService;
}

/** Shards that wait or run at the same time: as many backtesters as can work on one sweep. */
const SHARDS_AT_ONCE = 64;

/**
 * Runs the combinations of a sweep on the backtesters of a stack, in shards that whoever is idle takes. A shard whose
 * backtester is lost is run again by another. One that fails as a whole (it ate its memory, it crashed its thread) is
 * halved until the one combination is found that does, and that is a failed trial.
 */
export class RemoteTrialPool implements TrialPool {
  readonly #parts: RemotePoolParts;
  /** Shards that were submitted and have not ended. */
  readonly #open = new Set<string>();
  #shards = 0;

  constructor(parts: RemotePoolParts) {
    this.#parts = parts;
  }

  async run(tasks: readonly TrialTask[], onTrial: (trial: Trial) => void, signal?: AbortSignal): Promise<void> {
    const waiting = cutIntoShards(tasks);
    const stop = new AbortController();
    const signals = AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]);
    const take = async (): Promise<void> => {
      for (let shard = waiting.shift(); shard && !signals.aborted; shard = waiting.shift()) {
        const trials = await this.#runShard(shard, signals);
        if (trials === undefined) waiting.unshift(...halves(shard));
        else for (const trial of trials) onTrial(trial);
      }
    };
    const takers = Array.from({ length: Math.min(SHARDS_AT_ONCE, Math.max(1, tasks.length)) }, take);
    try {
      await Promise.all(takers);
    } catch (error) {
      stop.abort(error);
      await Promise.allSettled(takers);
      // Whoever aborted asks the signal.
      if (!signal?.aborted) throw error;
    } finally {
      await this.close();
    }
  }

  /** Nothing of the sweep stays behind on the stack. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#open].map((id) => this.#parts.service.cancel(id)));
    this.#open.clear();
  }

  /** The trials of a shard; undefined when it failed as a whole and is worth halving. */
  async #runShard(tasks: readonly TrialTask[], signal: AbortSignal): Promise<readonly Trial[] | undefined> {
    const { run, sweep, service } = this.#parts;
    const { id } = await service.submitShard({ run, tasks }, sweep, this.#shards++);
    this.#open.add(id);
    let last: RemoteBacktest | undefined;
    for await (const now of service.follow(id, signal)) last = now;
    this.#open.delete(id);
    if (last?.state === "succeeded") return this.#trialsOf(id, tasks);
    if (last === undefined || last.state === "cancelled") throw withdrawn(id, last?.state);
    const [only, ...others] = tasks;
    if (only === undefined || others.length > 0) return undefined;
    const { code = "JOB_LOST", message = "the run was lost" } = last.failure ?? {};
    return [{ index: only.index, params: only.params, error: { code, message } }];
  }

  async #trialsOf(id: string, tasks: readonly TrialTask[]): Promise<readonly Trial[]> {
    const { engineVersion, trials } = await this.#parts.service.trials(id);
    if (engineVersion !== ENGINE_VERSION) throw otherEngine(engineVersion);
    const isWhole = trials.length === tasks.length && trials.every(({ index }, at) => index === tasks[at]?.index);
    if (!isWhole) throw damaged(id, tasks.length, trials.length);
    return trials;
  }
}

function halves(tasks: readonly TrialTask[]): TrialTask[][] {
  const middle = Math.ceil(tasks.length / 2);
  return [tasks.slice(0, middle), tasks.slice(middle)];
}

function withdrawn(id: string, state = "gone"): OperatorError {
  return new OperatorError(`The shard ${id} of the sweep is ${state}: somebody withdrew it.`, {
    exit: "interrupted",
    code: "SHARD_CANCELLED",
    found: state,
    hint: "Run the sweep again: what is done is not done twice.",
    retryable: true,
  });
}

function otherEngine(found: string): OperatorError {
  return new OperatorError("The stack's backtesters have another engine than this ttt.", {
    exit: "conflict",
    code: "ENGINE_DIFFERS",
    expected: `engine ${ENGINE_VERSION}`,
    found: `engine ${found}`,
    hint: "Use the same release on both sides: results of two engines are not one sweep.",
  });
}

function damaged(id: string, expected: number, found: number): OperatorError {
  return new OperatorError(`The result of the shard ${id} is not that of its runs.`, {
    exit: "badData",
    code: "SHARD_DAMAGED",
    expected: `${expected} trials in order`,
    found: `${found} trials`,
  });
}
