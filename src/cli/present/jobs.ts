import { JOB_STATES, type Job, type JobState } from "../../ops/job.ts";
import { duration, table } from "./table.ts";

/** Jobs as a table under a line of counts. */
export function jobsTable(counts: Readonly<Record<JobState, number>>, jobs: readonly Job[], now: number): string[] {
  const summary = JOB_STATES.map((state) => `${counts[state]} ${state}`).join(", ");
  if (jobs.length === 0) return [summary];
  return [summary, "", ...jobRows(jobs, now)];
}

/** Jobs as a table; of those that come from elsewhere the number of attempts they have left is not known. */
export function jobRows(
  jobs: readonly (Omit<Job, "key" | "maxAttempts"> & { readonly maxAttempts?: number })[],
  now: number,
): string[] {
  const rows = jobs.map((job) => [
    job.id,
    job.kind,
    job.state === "running" ? `running ${Math.floor(job.progress * 100)} %` : job.state,
    job.maxAttempts === undefined ? String(job.attempts) : `${job.attempts}/${job.maxAttempts}`,
    `${duration(now - job.createdAt)} ago`,
    job.submittedBy,
    job.failure ? `${job.failure.code}: ${job.failure.message.split("\n")[0]}` : "",
  ]);
  return table(["JOB", "KIND", "STATE", "TRIES", "SUBMITTED", "BY", "NOTE"], rows);
}
