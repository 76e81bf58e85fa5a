import { z } from "zod";
import type { StackSnapshot } from "../../../src/ops/stack-feed.ts";
import { type Route, route } from "../route.ts";

const snapshotSchema = z
  .looseObject({
    profile: z.enum(["embedded", "services"]),
    phase: z.string(),
    instances: z.array(
      z.looseObject({
        instance: z.string(),
        service: z.string(),
        state: z.string(),
        since: z.number().describe("milliseconds since the epoch, UTC"),
        reason: z.string(),
        pid: z.int().nullable(),
      }),
    ),
  })
  .meta({ id: "Stack", description: "Every instance of every service, as the supervisor sees it" });

/** The services of the stack, as their supervisor sees them. */
export function serviceRoutes(snapshot: () => Promise<StackSnapshot>): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/services",
      id: "listServices",
      tag: "services",
      summary: "The state of every service",
      role: "viewer",
      responses: { 200: { description: "The stack", schema: snapshotSchema } },
      handle: async () => ({ status: 200, json: await snapshot() }),
    }),
  ];
}
