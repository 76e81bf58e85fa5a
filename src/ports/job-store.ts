import type { Job, JobDocument, JobFailure, JobKind, JobState } from "../ops/job.ts";

/** What a submitter says of a job. */
export interface JobRequest {
  readonly kind: JobKind;
  readonly key: string;
  readonly spec: unknown;
  readonly submittedBy: string;
  readonly priority?: number;
  readonly maxAttempts?: number;
  readonly group?: string;
  readonly shard?: number;
  readonly traceparent?: string;
}

/** The right to work on a job: held until its lease runs out, and fenced by a token that grows with every take. */
export interface TakenJob {
  readonly job: Job;
  readonly token: number;
}

/** `held`: go on. `cancelling`: stop and call `cancelled`. `lost`: somebody else may have it; stop and say nothing. */
export type LeaseState = "held" | "cancelling" | "lost";

export interface JobFilter {
  readonly states?: readonly JobState[];
  readonly kinds?: readonly JobKind[];
  readonly group?: string;
  /** Newest first. At most 1000. */
  readonly limit?: number;
}

/**
 * Jobs and their results. This is the truth about a job; a queue only says that there is one. Every call of a worker
 * carries its token, and one whose token is no longer the job's changes nothing and answers `false` or `lost`.
 */
export interface JobStore {
  /** Adds a job, or finds the one of the same key that is waiting, running or succeeded. */
  submit(request: JobRequest): Promise<{ readonly job: Job; readonly created: boolean }>;
  /** Adds many at once, all or none. */
  submitAll(requests: readonly JobRequest[]): Promise<readonly Job[]>;
  find(id: string): Promise<Job | undefined>;
  list(filter?: JobFilter): Promise<readonly Job[]>;
  /** How many jobs are in each state. */
  counts(): Promise<Readonly<Record<JobState, number>>>;
  /** Takes the most urgent waiting job for `leaseMs`. No two callers ever take the same. */
  take(owner: string, kinds: readonly JobKind[], leaseMs: number): Promise<TakenJob | undefined>;
  /** Extends the lease and records progress (0 to 1). */
  heartbeat(id: string, token: number, leaseMs: number, progress: number): Promise<LeaseState>;
  /** Stores the documents and the success in one transaction. */
  succeed(id: string, token: number, documents: readonly JobDocument[]): Promise<boolean>;
  /** The work itself failed: another attempt would fail the same way. */
  fail(id: string, token: number, failure: JobFailure): Promise<boolean>;
  /** The attempt was lost through no fault of the job: it waits and is tried again, or is dead after its last attempt. */
  retry(id: string, token: number, failure: JobFailure): Promise<boolean>;
  /** Gives the job back as if it had not been taken: the worker is leaving in order. */
  release(id: string, token: number): Promise<boolean>;
  cancelled(id: string, token: number): Promise<boolean>;
  /** Cancels a waiting job at once and asks the owner of a running one. Undefined when there is no such job. */
  cancel(id: string): Promise<Job | undefined>;
  /** Jobs whose owners let their lease run out go back, or are dead. Returns them as they are now. */
  reclaim(): Promise<readonly Job[]>;
  /** A failed, dead or cancelled job waits again, with all its attempts. Undefined when there is none to replay. */
  replay(id: string): Promise<Job | undefined>;
  /** Forgets ended jobs in one of these states that ended before `endedBefore` (ms since the epoch). Returns how many. */
  purge(states: readonly JobState[], endedBefore: number): Promise<number>;
  document(id: string, name: string): Promise<JobDocument | undefined>;
  /** Calls back with the id of a job whose cancellation was just asked for. */
  onCancel(callback: (id: string) => void): Promise<() => void>;
}
