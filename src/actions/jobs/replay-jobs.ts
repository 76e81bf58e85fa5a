import { OperatorError, OutageError } from "../../core/errors.ts";
import type { Job } from "../../ops/job.ts";
import type { JobQueue } from "../../ports/job-queue.ts";
import type { JobStore } from "../../ports/job-store.ts";

const MOST_AT_ONCE = 1000;
const REPLAYABLE: readonly Job["state"][] = ["failed", "dead", "cancelled"];

/** Lets ended jobs run again: the named ones, or all that are dead. Returns those that now wait. */
export async function replayJobs(
  ids: readonly string[],
  { jobs, queue }: { readonly jobs: JobStore; readonly queue: JobQueue },
): Promise<readonly Job[]> {
  const named = await planReplay(ids, jobs);
  const replayed: Job[] = [];
  for (const id of named) {
    const job = await jobs.replay(id);
    if (job) replayed.push(job);
    else if (ids.length > 0) throw await cannot(id, jobs);
  }
  for (const _ of replayed) await queue.ring().catch(forgiveOutage);
  return replayed;
}

/** Which jobs `replayJobs` would try. */
export async function planReplay(ids: readonly string[], jobs: JobStore): Promise<readonly string[]> {
  if (ids.length === 0) return (await jobs.list({ states: ["dead"], limit: MOST_AT_ONCE })).map(({ id }) => id);
  for (const id of ids) {
    const job = await jobs.find(id);
    if (!job || !REPLAYABLE.includes(job.state)) throw await cannot(id, jobs);
  }
  return ids;
}

async function cannot(id: string, jobs: JobStore): Promise<OperatorError> {
  const job = await jobs.find(id);
  if (!job) return new OperatorError(`There is no job ${id}.`, { exit: "notFound", code: "JOB_UNKNOWN", found: id });
  return new OperatorError(`The job ${id} cannot be replayed.`, {
    exit: "conflict",
    code: "JOB_NOT_REPLAYABLE",
    expected: "a failed, dead or cancelled job whose work was not done again since",
    found: job.state,
  });
}

/** Idle backtesters look by themselves. */
function forgiveOutage(error: unknown): void {
  if (!(error instanceof OutageError)) throw error;
}
