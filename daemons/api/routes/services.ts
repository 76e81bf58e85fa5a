import { z } from "zod";
import type { StackSnapshot } from "../../../src/ops/stack-feed.ts";
import { type Route, route } from "../route.ts";

const wall = z.number().describe("milliseconds since the epoch, UTC");

const instanceSchema = z.strictObject({
  instance: z.string(),
  process: z.string().describe("differs from `instance` after a reload"),
  service: z.string(),
  kind: z.enum(["daemon", "server", "job"]),
  state: z.string(),
  since: wall,
  reason: z.string(),
  evidence: z
    .strictObject({
      look: z.string().describe("who looked: `beat`, `process`, or a probe such as `readiness http /healthz`"),
      status: z.string(),
      excerpt: z.string(),
      latencyMs: z.number().nullable(),
    })
    .nullable()
    .describe("the look that led into this state"),
  wanted: z.enum(["up", "down"]),
  leaving: z.boolean().describe("scaled away, or about to be replaced"),
  pid: z.int().nullable(),
  generation: z.int().describe("grows with every start"),
  restarts: z.record(z.string(), z.int()).describe("how often it ended against our will, by cause"),
  endsInARow: z.int().describe("without being stable in between"),
  nextStartAt: z.number().nullable(),
  due: z
    .strictObject({ what: z.enum(["starts again", "has to be ready", "is killed"]), at: wall })
    .nullable()
    .describe("what time alone brings next"),
  waitsFor: z.strictObject({ service: z.string(), condition: z.string(), evidence: z.string() }).nullable(),
  readyAfterMs: z.number().nullable(),
  buildHash: z.string().nullable(),
  exitCode: z.int().nullable(),
  hint: z.string().describe("what to type next when it needs a person"),
});

export const stackSchema = z
  .strictObject({
    home: z.string(),
    profile: z.enum(["embedded", "services"]),
    phase: z.string(),
    supervisor: z.strictObject({ pid: z.int(), startedAt: wall, buildHash: z.string() }),
    instances: z.array(instanceSchema),
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
      responses: { 200: { description: "The stack", schema: stackSchema } },
      handle: async () => ({ status: 200, json: await snapshot() }),
    }),
  ];
}
