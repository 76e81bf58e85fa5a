import { randomUUID } from "node:crypto";
import type { LimitChangePorts } from "../actions/risk/limit-ports.ts";
import { rehearsedLimits } from "../actions/risk/rehearsed-limits.ts";
import { loadConfig } from "../runtime/config.ts";
import { operatorHere } from "../runtime/operator.ts";
import { openRisk, type RiskAccess } from "../runtime/risk.ts";

interface OpenedRisk {
  readonly ports: Omit<RiskAccess, "close">;
  readonly command: { readonly actor: string; readonly origin: string; readonly commandId: string };
}

/** The same, but what is decided on the limits is not written. */
export function rehearsedOn({ limits, ...ports }: OpenedRisk["ports"]): LimitChangePorts {
  return { ...ports, limits: rehearsedLimits(limits) };
}

/** Limits and decision records of the configured stack, for one command. */
export async function withRisk<T>(program: string, work: (access: OpenedRisk) => Promise<T>): Promise<T> {
  const { close, ...ports } = await openRisk(await loadConfig());
  try {
    return await work({ ports, command: { ...operatorHere(program), commandId: randomUUID() } });
  } finally {
    await close();
  }
}
