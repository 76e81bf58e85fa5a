import { createHash } from "node:crypto";
import type { SweepShard } from "../backtest/sweep/shard.ts";
import type { Job } from "../ops/job.ts";
import { resolveParams } from "../strategy/params.ts";
import {
  type BacktestDesk,
  checkOptions,
  completeData,
  registeredStrategy,
  ringQuietly,
  type Submitter,
} from "./accept-backtest.ts";

/** Which sweep a shard belongs to, and which part of it: for whoever looks at the queue. */
export interface ShardPlace {
  readonly group: string;
  readonly shard: number;
}

/** Whoever waits for one backtest goes before a sweep of thousands. */
export const SHARD_PRIORITY = -10;

/**
 * Takes in a shard of a sweep as a job, by the same rules as one backtest: a registered strategy, bars that are here,
 * and equal work that is waiting, running or done is not done again. A combination that a strategy refuses is no
 * reason to refuse the shard: it will be a failed trial, as it is in a sweep of one process.
 */
export async function acceptShard(
  { run, tasks }: SweepShard,
  place: ShardPlace,
  submitter: Submitter,
  desk: BacktestDesk,
): Promise<{ readonly job: Job; readonly created: boolean }> {
  const params = { ...resolveParams(registeredStrategy(run, desk).params, run.params) };
  const data = await completeData(run, desk);
  checkOptions(run.options, data);
  const spec: SweepShard = { run: { ...run, params, data }, tasks };
  const facts = { buildHash: desk.buildHash, ...spec };
  const key = createHash("sha256").update(JSON.stringify(facts)).digest("hex");
  const request = { kind: "sweep-shard", key, spec, priority: SHARD_PRIORITY, ...place, ...submitter } as const;
  const submitted = await desk.jobs.submit(request);
  if (submitted.created) await ringQuietly(desk.queue);
  return submitted;
}
