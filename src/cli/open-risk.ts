import { randomUUID } from "node:crypto";
import { loadConfig } from "../runtime/config.ts";
import { operatorHere } from "../runtime/operator.ts";
import { openRisk, type RiskAccess } from "../runtime/risk.ts";

interface OpenedRisk {
  readonly ports: Omit<RiskAccess, "close">;
  readonly command: { readonly actor: string; readonly origin: string; readonly commandId: string };
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
