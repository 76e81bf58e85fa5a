/** A piece of work that a backtester daemon does: one backtest, or one shard of a sweep. */
export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  /** Hash of specification, data, strategy and engine: equal keys mean equal results. */
  readonly key: string;
  readonly spec: unknown;
  readonly state: JobState;
  /** Higher is taken first; equal ones in the order of their submission. */
  readonly priority: number;
  /** How often it was taken. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** Part done, 0 to 1. */
  readonly progress: number;
  /** Why it did not succeed, or why its last attempt did not. */
  readonly failure?: JobFailure;
  readonly cancelRequested: boolean;
  /** The instance that runs it. */
  readonly owner?: string;
  /** The sweep it belongs to, and which part of it. */
  readonly group?: string;
  readonly shard?: number;
  readonly submittedBy: string;
  /** Milliseconds since the epoch, UTC. */
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** W3C trace context of the request that submitted it. */
  readonly traceparent?: string;
}

export const JOB_KINDS = ["backtest", "sweep-shard"] as const;
export type JobKind = (typeof JOB_KINDS)[number];

/**
 * queued → running → succeeded | failed | cancelled; back to queued when an attempt was lost; dead when all attempts
 * were. `failed` is the work's own failure, which another attempt would repeat; `dead` is the surroundings'.
 */
export const JOB_STATES = ["queued", "running", "succeeded", "failed", "cancelled", "dead"] as const;
export type JobState = (typeof JOB_STATES)[number];

/** What went wrong, as an operator error says it. */
export interface JobFailure {
  readonly code: string;
  readonly message: string;
  /** Name of an exit code. */
  readonly exit: string;
  readonly expected?: string;
  readonly found?: string;
  readonly hint?: string;
}

/** One document of a result: `report.json`, `report.html`. */
export interface JobDocument {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export const isFinal = (state: JobState): boolean => state !== "queued" && state !== "running";

/** A job is tried this often before it is dead. Three: one accident, one bad host, and then it is the job. */
export const MAX_ATTEMPTS = 3;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 60_000;

/** How long a job waits after its `attempts`-th attempt was lost. Without chance: jobs of one outage differ anyway. */
export function backoffMs(attempts: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** Math.max(0, attempts - 1), LONGEST_BACKOFF_MS);
}
