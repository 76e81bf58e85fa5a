import { z } from "zod";
import { messageOf } from "../../../src/core/errors.ts";
import type { Daemon } from "../../../src/runtime/daemon.ts";
import { type Route, route } from "../route.ts";

export interface SystemParts {
  readonly metrics: Daemon["metrics"];
  /** Each dependency by name, and how to ask whether it answers. */
  readonly dependencies: Readonly<Record<string, () => Promise<unknown>>>;
}

const readinessSchema = z.strictObject({
  status: z.enum(["ready", "unready"]),
  dependencies: z.record(z.string(), z.string().describe("`ok`, or what is wrong")),
});

/** Health, readiness and metrics, for probes and scrapers: no token. */
export function systemRoutes({ metrics, dependencies }: SystemParts): Route[] {
  return [
    route({
      method: "get",
      path: "/readyz",
      id: "readReadiness",
      tag: "system",
      summary: "Whether everything the API depends on answers",
      role: "anyone",
      responses: {
        200: { description: "Ready", schema: readinessSchema },
        503: { description: "A dependency does not answer", schema: readinessSchema },
      },
      async handle() {
        const answers = await Promise.all(
          Object.entries(dependencies).map(async ([name, ask]) => [name, await ask().then(() => "ok", messageOf)]),
        );
        const ready = answers.every(([, answer]) => answer === "ok");
        return {
          status: ready ? 200 : 503,
          json: { status: ready ? "ready" : "unready", dependencies: Object.fromEntries(answers) },
        };
      },
    }),
    route({
      method: "get",
      path: "/metrics",
      id: "readMetrics",
      tag: "system",
      summary: "Metrics of this daemon in the Prometheus text format",
      role: "anyone",
      responses: { 200: { description: "Metrics", contentType: "text/plain; version=0.0.4" } },
      async handle() {
        const bytes = new TextEncoder().encode(await metrics.render());
        return { status: 200, bytes, contentType: "text/plain; version=0.0.4; charset=utf-8" };
      },
    }),
  ];
}
