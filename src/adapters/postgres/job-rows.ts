import type { Job, JobFailure, JobKind, JobState } from "../../ops/job.ts";

/** A row of the table `job`, as JOB_COLUMNS selects it. */
export interface JobRow {
  readonly id: string;
  readonly kind: JobKind;
  readonly key: string;
  readonly spec: unknown;
  readonly state: JobState;
  readonly priority: number;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly progress: number;
  readonly failure: JobFailure | null;
  readonly cancel_requested: boolean;
  readonly owner: string | null;
  readonly token: number;
  readonly group_id: string | null;
  readonly shard: number | null;
  readonly submitted_by: string;
  readonly traceparent: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

export const JOB_COLUMNS = `job.id, job.kind, job.key, job.spec, job.state, job.priority, job.attempts,
  job.max_attempts, job.progress, job.failure, job.cancel_requested, job.owner, job.token, job.group_id, job.shard,
  job.submitted_by, job.traceparent, job.created_at, job.started_at, job.finished_at`;

export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    key: row.key,
    spec: row.spec,
    state: row.state,
    priority: row.priority,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    progress: row.progress,
    ...(row.failure !== null && { failure: row.failure }),
    cancelRequested: row.cancel_requested,
    ...(row.owner !== null && { owner: row.owner }),
    ...(row.group_id !== null && { group: row.group_id }),
    ...(row.shard !== null && { shard: row.shard }),
    submittedBy: row.submitted_by,
    createdAt: row.created_at.getTime(),
    ...(row.started_at !== null && { startedAt: row.started_at.getTime() }),
    ...(row.finished_at !== null && { finishedAt: row.finished_at.getTime() }),
    ...(row.traceparent !== null && { traceparent: row.traceparent }),
  };
}
