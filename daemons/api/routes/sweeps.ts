import { z } from "zod";
import type { BacktestDesk } from "../../../src/actions/accept-backtest.ts";
import { acceptShard } from "../../../src/actions/accept-shard.ts";
import { BACKTEST_DOCUMENTS } from "../../../src/actions/backtest-documents.ts";
import { sweepShardSchema } from "../../../src/backtest/sweep/shard.ts";
import { type Reply, type Route, route } from "../route.ts";
import { backtestView, idSchema, jobSchema, readDocument } from "./backtests.ts";

const submitSchema = sweepShardSchema.extend({
  sweep: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .describe("id of the sweep: the shards of one are listed together"),
  number: z.int().min(0).max(1_000_000).describe("which of its shards this is"),
});

/** Numbers are finite or null; a failed run has an error in the place of its measures. */
const trialSchema = z.looseObject({ index: z.int(), params: z.record(z.string(), z.unknown()) });
const resultSchema = z.strictObject({ engineVersion: z.string(), trials: z.array(trialSchema) });

/** Shards of sweeps as jobs: whoever coordinates a sweep cuts it, submits the parts and puts the results together. */
export function sweepRoutes(desk: BacktestDesk): Route[] {
  return [
    route({
      method: "post",
      path: "/api/sweep/shards",
      id: "submitSweepShard",
      tag: "backtests",
      summary: "Submit a part of a sweep: combinations of parameters over the same bars",
      role: "operator",
      body: submitSchema,
      responses: { 202: { description: "Taken in, or found: equal work is not done twice", schema: jobSchema } },
      async handle({ body: { sweep, number, ...shard }, caller, traceparent }) {
        const submitter = { submittedBy: caller.name, ...(traceparent !== undefined && { traceparent }) };
        const { job } = await acceptShard(shard, { group: sweep, shard: number }, submitter, desk);
        return { status: 202, json: backtestView(job), headers: { location: `/api/backtest/${job.id}` } };
      },
    }),
    route({
      method: "get",
      path: "/api/sweep/shards/:id/trials",
      id: "readSweepTrials",
      tag: "backtests",
      summary: "What each run of a shard came to",
      role: "viewer",
      params: idSchema,
      responses: { 200: { description: "One trial for each run, in their order", schema: resultSchema } },
      async handle({ params }): Promise<Reply> {
        const { bytes, contentType } = await readDocument(desk.jobs, params.id, BACKTEST_DOCUMENTS.trials);
        return { status: 200, bytes, contentType };
      },
    }),
  ];
}
