import { z } from "zod";
import type { Daemon } from "../../src/runtime/daemon.ts";
import { parseScope } from "../../src/trading/scope.ts";
import type { Partitions } from "./partitions.ts";
import type { Standing } from "./standing.ts";

const scopeSchema = z.string().transform((text, context) => {
  const scope = parseScope(text);
  if (scope !== undefined) return scope;
  context.addIssue({ code: "custom", message: `not a scope: ${text}` });
  return z.NEVER;
});

const killSchema = z.object({
  commandId: z.string().min(1),
  scope: scopeSchema,
  level: z.enum(["REDUCE_ONLY", "BLOCK"]),
  reason: z.string(),
  actor: z.string(),
  origin: z.string(),
  /** The authority's epoch of this kill, when it was reached. */
  epoch: z.int().optional(),
});

const requestSchema = z.object({
  id: z.string().min(1),
  scope: scopeSchema,
  action: z.enum(["cancel", "flatten", "drain"]),
});

interface KillLatch {
  set(raise: z.output<typeof killSchema>): unknown;
}

export interface KillControlOptions {
  readonly worker: string;
  readonly latch: KillLatch;
  readonly partitions: Partitions;
  readonly standing: Standing;
}

/** The ways into this process that need no server: its control socket, and SIGUSR2, which blocks everything. */
export function serveKill({ control, identity, log }: Daemon, options: KillControlOptions): void {
  const { worker, latch, partitions, standing } = options;
  let signals = 0;
  process.on("SIGUSR2", () => {
    signals += 1;
    const commandId = `signal:${worker}:${identity.pid}:${identity.startTime}:${signals}`;
    latch.set({ commandId, scope: "global", level: "BLOCK", reason: "SIGUSR2", actor: "signal", origin: worker });
    log.warn("blocked by signal");
  });
  control.on("kill", (params) => {
    const kill = killSchema.parse(params);
    latch.set(kill);
    log.warn("killed over the control socket", { scope: kill.scope, level: kill.level, commandId: kill.commandId });
    return standing.words();
  });
  control.on("operator", (params) => partitions.ask(requestSchema.parse(params)));
  control.on("trading", () => ({ ...standing.words(), detail: partitions.view() }));
}
