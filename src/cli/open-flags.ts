import { randomUUID } from "node:crypto";
import type { FlagCommand, listFlags } from "../actions/flags/change-flag.ts";
import { rehearsedFlags } from "../actions/flags/rehearsed-flags.ts";
import { loadConfig } from "../runtime/config.ts";
import { openFlags } from "../runtime/flags.ts";
import { operatorHere } from "../runtime/operator.ts";
import { systemClock } from "../runtime/system-clock.ts";

export interface FlagAccess {
  readonly ports: Parameters<typeof listFlags>[0];
  readonly command: FlagCommand;
}

/** The flags of the configured stack, for one command; with `dryRun` nothing that it does to them is written. */
export async function withFlags<T>(
  program: string,
  dryRun: boolean,
  work: (access: FlagAccess) => Promise<T>,
): Promise<T> {
  const { flags, close } = await openFlags(await loadConfig());
  try {
    const command = { ...operatorHere(program), commandId: randomUUID() };
    const store = dryRun ? rehearsedFlags(() => flags.read(), systemClock.now()) : flags;
    return await work({ ports: { flags: store, clock: systemClock }, command });
  } finally {
    await close();
  }
}
