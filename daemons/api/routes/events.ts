import { z } from "zod";
import type { Clock } from "../../../src/core/clock.ts";
import { isFinal, JOB_STATES } from "../../../src/ops/job.ts";
import type { JobServices } from "../../../src/runtime/job-services.ts";
import type { EventHub, LoggedEvent } from "../event-hub.ts";
import { type Route, route } from "../route.ts";
import { openSse } from "../sse.ts";
import { findBacktest, idSchema } from "./backtests.ts";

const querySchema = z.strictObject({
  streams: z
    .string()
    .max(200)
    .optional()
    .describe("`jobs`, `orders`, `kill`, `services`, `incidents`, by ','; all when left out"),
  after: z.coerce.number().int().min(0).optional().describe("like Last-Event-ID, for clients that cannot set it"),
});

const stream = { contentType: "text/event-stream" };

/** What happens, as it happens: server-sent events with numbers, so that a reader that was away misses nothing. */
export function eventRoutes(parts: {
  readonly hub: EventHub;
  readonly jobs: JobServices["jobs"];
  readonly clock: Clock;
}): Route[] {
  const { hub, jobs, clock } = parts;
  return [
    route({
      method: "get",
      path: "/v1/events",
      id: "followEvents",
      tag: "events",
      summary: "Follow everything that happens; Last-Event-ID goes on where a reader was",
      role: "viewer",
      query: querySchema,
      responses: {
        200: { description: "Events; `reset` says that some are lost and the reader has to look anew", ...stream },
      },
      handle({ query, header }) {
        const wanted = query.streams === undefined ? undefined : new Set(query.streams.split(","));
        const after = lastEventId(header("last-event-id")) ?? query.after;
        return {
          async streaming(_request, response) {
            const sse = openSse(response, clock);
            const sink = (event: LoggedEvent) => {
              if (wanted && !wanted.has(event.stream)) return;
              sse.send({ id: String(event.seq), type: event.type, data: textOf(event) });
            };
            const from = after ?? hub.last;
            const resumed = await hub.resume(from, sink, sse.left, sse.drained).catch(() => undefined);
            // Without the log the reader comes back later.
            if (resumed === undefined) return sse.end();
            if (resumed) return;
            sse.send({ id: String(hub.last), type: "reset", data: JSON.stringify({ after: hub.last }) });
            await hub.resume(hub.last, sink, sse.left, sse.drained);
          },
        };
      },
    }),
    route({
      method: "get",
      path: "/api/backtest/:id/events",
      id: "followBacktest",
      tag: "backtests",
      summary: "Follow a backtest until it ends",
      role: "viewer",
      params: idSchema,
      responses: { 200: { description: "Its state first, then each change; the stream ends with it", ...stream } },
      async handle({ params }) {
        await findBacktest(jobs, params.id);
        return {
          async streaming(_request, response) {
            const sse = openSse(response, clock);
            const early: LoggedEvent[] = [];
            let give = (event: LoggedEvent): void => void early.push(event);
            const stop = hub.listen((event) => {
              if (event.stream === "jobs" && bodySchema.safeParse(event.body).data?.id === params.id) give(event);
            });
            sse.left.addEventListener("abort", stop, { once: true });
            const job = await findBacktest(jobs, params.id).catch(() => undefined);
            if (!job) return sse.end();
            const { state, progress, attempts, failure } = job;
            sse.send({ type: "backtest", data: JSON.stringify({ id: job.id, state, progress, attempts, failure }) });
            if (isFinal(state)) return sse.end();
            give = ({ body }) => {
              const change = bodySchema.parse(body);
              sse.send({ type: "backtest", data: JSON.stringify(change) });
              if (isFinal(change.state)) sse.end();
            };
            for (const event of early) give(event);
          },
        };
      },
    }),
  ];
}

const bodySchema = z.object({
  id: z.string(),
  state: z.enum(JOB_STATES),
  progress: z.number(),
  attempts: z.int(),
  failure: z.unknown().optional(),
});

function textOf({ seq, stream, type, at, body }: LoggedEvent): string {
  return JSON.stringify({ seq, stream, type, at, body });
}

function lastEventId(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
