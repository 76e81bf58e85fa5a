import { loadConfig } from "../runtime/config.ts";
import { openObservatory } from "../runtime/observatory.ts";
import { systemClock } from "../runtime/system-clock.ts";

/** Figures, alerts and traces of the configured stack, for a command. */
export async function openStackObservatory() {
  return { observatory: openObservatory(await loadConfig()), clock: systemClock };
}
