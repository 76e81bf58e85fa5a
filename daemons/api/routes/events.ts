import { z } from "zod";
import type { LoggedEvent } from "../event-hub.ts";
import { EVENT_STREAMS, type FollowParts, followBacktest, followEvents } from "../follow.ts";
import { type Route, route } from "../route.ts";
import { openSse } from "../sse.ts";
import { findBacktest, idSchema } from "./backtests.ts";

const ONE_STREAM = `(${EVENT_STREAMS.join("|")})`;

const querySchema = z.strictObject({
  streams: z
    .string()
    .regex(new RegExp(`^${ONE_STREAM}(,${ONE_STREAM}){0,20}$`))
    .optional()
    .describe("`jobs`, `orders`, `kill`, `services`, `incidents`, by ','; all when left out"),
  after: z.coerce.number().int().min(0).optional().describe("like Last-Event-ID, for clients that cannot set it"),
});

const stream = { contentType: "text/event-stream" };

/** What happens, as it happens: server-sent events with numbers, so that a reader that was away misses nothing. */
export function eventRoutes({ hub, jobs, clock }: FollowParts): Route[] {
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
        const streams = query.streams === undefined ? undefined : new Set(query.streams.split(","));
        const after = lastEventId(header("last-event-id")) ?? query.after;
        return {
          async streaming(_request, response) {
            const sse = openSse(response, clock);
            const followed = await followEvents(
              hub,
              { after, streams },
              {
                ...{ signal: sse.left, drained: sse.drained },
                send: (event) => sse.send({ id: String(event.seq), type: event.type, data: textOf(event) }),
                reset: (last) => sse.send({ id: String(last), type: "reset", data: JSON.stringify({ after: last }) }),
              },
            );
            // Without the log the reader comes back later.
            if (!followed) sse.end();
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
            await followBacktest({ hub, jobs }, params.id, {
              signal: sse.left,
              send: (change) => sse.send({ type: "backtest", data: JSON.stringify(change) }),
              end: sse.end,
            });
          },
        };
      },
    }),
  ];
}

function textOf({ seq, stream, type, at, body }: LoggedEvent): string {
  return JSON.stringify({ seq, stream, type, at, body });
}

/** What no event of this API ever had as its id is a number that is never reached: such a reader has to look anew. */
function lastEventId(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.MAX_SAFE_INTEGER;
}
