import { OperatorError } from "../core/errors.ts";
import type { JobKind } from "../ops/job.ts";
import type { Level } from "../trading/level.ts";

/** What a job can reach. Recorded data cannot be harmed; live resources are accounts, venues and their limits. */
export type Reach = "recorded-data" | "live-resources";

/** Every kind says what it can reach: a new one does not compile before somebody has decided. */
export const JOB_REACH: Readonly<Record<JobKind, Reach>> = {
  backtest: "recorded-data",
  "sweep-shard": "recorded-data",
};

/**
 * The kill switch at the door of the job queue (KS-35): a job that can reach live resources is refused unless trading
 * runs, also when the level cannot be read; work on recorded data never even asks. Throws (exit `refused`).
 */
export async function admitJob(reach: Reach, readLevel: (() => Promise<Level>) | undefined): Promise<void> {
  if (reach === "recorded-data") return;
  const level = (await readLevel?.()) ?? "BLOCK";
  if (level === "RUN") return;
  throw new OperatorError("A job that can reach live resources is not taken while trading is held.", {
    exit: "refused",
    code: "JOB_UNDER_KILL",
    expected: "level RUN",
    found: level,
    hint: "ttt kill status",
  });
}
