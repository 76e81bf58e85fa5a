import { z } from "zod";
import { type RunSpec, runSpecSchema } from "../run-spec.ts";
import type { Trial, TrialTask } from "./trial.ts";

/** A part of a sweep that is sent elsewhere to be run: some of its combinations over the same bars. */
export interface SweepShard {
  readonly run: RunSpec;
  readonly tasks: readonly TrialTask[];
}

/** What a shard came to: one trial for each task, in the order of the tasks. */
export interface ShardResult {
  /** Results of another engine are other results. */
  readonly engineVersion: string;
  readonly trials: readonly Trial[];
}

/** A shard of more runs would be lost as a whole too easily, and is too much for one request. */
export const MOST_TASKS_IN_SHARD = 500;

const taskSchema = z.strictObject({
  index: z.int().min(0),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  from: z.number().exactOptional(),
  to: z.number().exactOptional(),
});

/** Checks a shard that comes from outside. */
export const sweepShardSchema = z.strictObject({
  run: runSpecSchema,
  tasks: z.array(taskSchema).min(1).max(MOST_TASKS_IN_SHARD),
});

/** Shards that a sweep is cut into when it is large enough: more than there are backtesters, so that none waits long. */
const SHARDS = 64;
/** Below this a backtester is busier with beginning than with running. */
const SMALL = 16;
const FEWEST_SHARDS = 4;

/** Cuts the runs of a sweep into shards. The same runs are always cut in the same way. */
export function cutIntoShards(tasks: readonly TrialTask[]): TrialTask[][] {
  const worthwhile = Math.min(SMALL, Math.ceil(tasks.length / FEWEST_SHARDS));
  const size = Math.min(MOST_TASKS_IN_SHARD, Math.max(Math.ceil(tasks.length / SHARDS), worthwhile));
  const shards: TrialTask[][] = [];
  for (let from = 0; from < tasks.length; from += size) shards.push(tasks.slice(from, from + size));
  return shards;
}
