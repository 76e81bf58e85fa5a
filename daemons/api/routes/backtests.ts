import { z } from "zod";
import { acceptBacktest, type BacktestDesk } from "../../../src/actions/accept-backtest.ts";
import { writtenRunSpecSchema } from "../../../src/backtest/run-spec.ts";
import { OperatorError } from "../../../src/core/errors.ts";
import { JOB_STATES, type Job } from "../../../src/ops/job.ts";
import { type Route, route } from "../route.ts";

export const jobSchema = z
  .strictObject({
    id: z.string(),
    kind: z.string(),
    state: z.enum(JOB_STATES),
    progress: z.number().min(0).max(1),
    attempts: z.int(),
    priority: z.int(),
    submittedBy: z.string(),
    createdAt: z.int().describe("milliseconds since the epoch, UTC"),
    startedAt: z.int().optional(),
    finishedAt: z.int().optional(),
    cancelRequested: z.boolean(),
    owner: z.string().optional().describe("the backtester that runs it"),
    failure: z
      .strictObject({
        code: z.string(),
        message: z.string(),
        exit: z.string(),
        expected: z.string().optional(),
        found: z.string().optional(),
        hint: z.string().optional(),
      })
      .optional(),
    spec: z.unknown(),
    sweep: z.string().optional().describe("the sweep it is a part of"),
    shard: z.int().optional().describe("which part of it"),
    links: z.strictObject({
      self: z.string(),
      events: z.string(),
      result: z.string().optional(),
      trades: z.string().optional(),
      report: z.string().optional(),
      page: z.string().optional().describe("the report as HTML"),
      equity: z.string().optional(),
      trials: z.string().optional().describe("of a part of a sweep, which has no report of its own"),
    }),
  })
  .meta({ id: "Backtest", description: "A backtest as a job: where it stands and where its result is" });

export const idSchema = z.strictObject({ id: z.string().regex(/^job-[0-9a-f]{16}$/) });
const prioritySchema = z.strictObject({ priority: z.coerce.number().int().min(-100).max(100).optional() });
const listSchema = z.strictObject({
  state: z.enum(JOB_STATES).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
});

/** Backtests as jobs: submit, look, cancel. */
export function backtestRoutes(desk: BacktestDesk): Route[] {
  const { jobs } = desk;
  const find = (id: string) => findBacktest(jobs, id);
  return [
    route({
      method: "post",
      path: "/api/backtest",
      id: "submitBacktest",
      tag: "backtests",
      summary: "Submit a backtest of a registered strategy",
      role: "operator",
      query: prioritySchema,
      body: writtenRunSpecSchema,
      responses: { 202: { description: "Taken in, or found: equal work is not done twice", schema: jobSchema } },
      async handle({ body, query, caller, traceparent }) {
        const { job } = await acceptBacktest(
          body,
          {
            submittedBy: caller.name,
            ...(query.priority !== undefined && { priority: query.priority }),
            ...(traceparent !== undefined && { traceparent }),
          },
          desk,
        );
        return { status: 202, json: backtestView(job), headers: { location: linksOf(job).self } };
      },
    }),
    route({
      method: "get",
      path: "/api/backtest",
      id: "listBacktests",
      tag: "backtests",
      summary: "List backtests, newest first",
      role: "viewer",
      query: listSchema,
      responses: { 200: { description: "Backtests", schema: z.strictObject({ backtests: z.array(jobSchema) }) } },
      async handle({ query }) {
        const found = await jobs.list({
          kinds: ["backtest"],
          ...(query.state && { states: [query.state] }),
          ...(query.limit && { limit: query.limit }),
        });
        return { status: 200, json: { backtests: found.map(backtestView) } };
      },
    }),
    route({
      method: "get",
      path: "/api/backtest/:id",
      id: "readBacktest",
      tag: "backtests",
      summary: "Where a backtest stands",
      role: "viewer",
      params: idSchema,
      responses: { 200: { description: "The backtest", schema: jobSchema } },
      handle: async ({ params }) => ({ status: 200, json: backtestView(await find(params.id)) }),
    }),
    route({
      method: "delete",
      path: "/api/backtest/:id",
      id: "cancelBacktest",
      tag: "backtests",
      summary: "Cancel a backtest",
      role: "operator",
      params: idSchema,
      responses: { 202: { description: "Cancelled, or asked to; one that ended stays as it is", schema: jobSchema } },
      async handle({ params }) {
        await find(params.id);
        const job = await jobs.cancel(params.id);
        return { status: 202, json: backtestView(job ?? (await find(params.id))) };
      },
    }),
  ];
}

/** A document of a job. Throws OperatorError BACKTEST_NOT_DONE when there is none yet. */
export async function readDocument(
  jobs: BacktestDesk["jobs"],
  id: string,
  name: string,
): Promise<{ readonly bytes: Uint8Array; readonly contentType: string }> {
  const found = await jobs.document(id, name);
  if (found) return found;
  throw notDone(await findBacktest(jobs, id));
}

export async function findBacktest(jobs: BacktestDesk["jobs"], id: string): Promise<Job> {
  const job = await jobs.find(id);
  if (job) return job;
  throw new OperatorError(`There is no backtest ${id}.`, { exit: "notFound", code: "BACKTEST_UNKNOWN", found: id });
}

/** A job as callers see it. */
export function backtestView(job: Job) {
  const { key: _key, maxAttempts: _most, traceparent: _trace, group: sweep, ...rest } = job;
  return { ...rest, ...(sweep !== undefined && { sweep }), links: linksOf(job) };
}

function linksOf({ id, kind }: Job) {
  const self = `/api/backtest/${id}`;
  const both = { self, events: `${self}/events` };
  if (kind === "sweep-shard") return { ...both, trials: `/api/sweep/shards/${id}/trials` };
  return {
    ...both,
    ...{ result: `${self}/result`, trades: `${self}/trades`, equity: `${self}/equity` },
    ...{ report: `${self}/report`, page: `${self}/report.html` },
  };
}

function notDone(job: Job): OperatorError {
  return new OperatorError(`The backtest ${job.id} has no result: it is ${job.state}.`, {
    exit: "conflict",
    code: "BACKTEST_NOT_DONE",
    expected: "state succeeded",
    found: job.failure ? `${job.state}: ${job.failure.message}` : job.state,
    retryable: job.state === "queued" || job.state === "running",
  });
}
