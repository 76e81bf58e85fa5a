import { randomUUID } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import type { Role } from "../ops/role.ts";
import { type Config, loadConfig } from "../runtime/config.ts";
import { requireKillFolder } from "../runtime/kill-folder.ts";
import { openKillSwitch } from "../runtime/kill-switch.ts";
import { operatorHere, roleOf } from "../runtime/operator.ts";
import { systemClock } from "../runtime/system-clock.ts";
import { loadWhatHolds } from "./load-what-holds.ts";

export interface KillSwitchAccess {
  readonly config: Config;
  readonly clock: Clock;
  readonly ports: Awaited<ReturnType<typeof openKillSwitch>>["ports"];
  /** What could not even be opened, in words. */
  readonly missing: readonly string[];
  /** Who commands, and from where. */
  readonly operator: { readonly actor: string; readonly origin: string; readonly role: Role };
  readonly commandId: string;
}

/**
 * The kill switch of the configured stack, for one command: opened, used, closed whatever happens. A kill goes as far
 * as it can, and is not `exact`. What is to be true of all stores needs a configuration and a state directory that can
 * be used (exit `configuration`).
 */
export async function withKillSwitch<T>(
  program: string,
  work: (access: KillSwitchAccess) => Promise<T>,
  { exact = true, databaseMs }: { readonly exact?: boolean; readonly databaseMs?: number } = {},
): Promise<T> {
  const config = exact ? await loadConfig() : await loadWhatHolds();
  if (exact) requireKillFolder(config);
  const clock = systemClock;
  const { ports, missing, close } = await openKillSwitch(config, clock, program, databaseMs);
  try {
    const here = operatorHere(program);
    const operator = { ...here, role: roleOf(here.actor, config) };
    return await work({ config, clock, ports, missing, operator, commandId: randomUUID() });
  } finally {
    await close();
  }
}
