import type { Trial, TrialTask } from "../backtest/sweep/trial.ts";

/** Threads that run the combinations of one sweep. */
export interface TrialPool {
  /**
   * Runs all tasks, in any order; `onTrial` is called as each is done. Resolves when all are, or soon after the signal
   * aborts: the signal tells which. A strategy that gets stuck or crashes its thread is one failed trial.
   */
  run(tasks: readonly TrialTask[], onTrial: (trial: Trial) => void, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface TrialPoolSetting {
  /** Threads. */
  readonly jobs: number;
  /** A trial that stays at one bar for so long is stuck. */
  readonly stallMs: number;
}
