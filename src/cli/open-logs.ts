import { loadConfig } from "../runtime/config.ts";
import { openStackLogs } from "../runtime/log-files.ts";
import { systemClock } from "../runtime/system-clock.ts";

/** The stack's logs, for a command. They can be read whether or not anything runs. */
export async function openLogs() {
  return { logs: openStackLogs(await loadConfig()), clock: systemClock };
}
