import { randomUUID } from "node:crypto";
import type { FlagCommand, listFlags } from "../actions/flags/change-flag.ts";
import { loadConfig } from "../runtime/config.ts";
import { openFlags } from "../runtime/flags.ts";
import { operatorHere } from "../runtime/operator.ts";
import { systemClock } from "../runtime/system-clock.ts";

export interface FlagAccess {
  readonly ports: Parameters<typeof listFlags>[0];
  readonly command: FlagCommand;
}

/** The flags of the configured stack, for one command. */
export async function withFlags<T>(program: string, work: (access: FlagAccess) => Promise<T>): Promise<T> {
  const { flags, close } = await openFlags(await loadConfig());
  try {
    const command = { ...operatorHere(program), commandId: randomUUID() };
    return await work({ ports: { flags, clock: systemClock }, command });
  } finally {
    await close();
  }
}
