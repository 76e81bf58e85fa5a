import type { ApiStores } from "../../src/runtime/api-stores.ts";
import type { Daemon } from "../../src/runtime/daemon.ts";
import type { JobServices } from "../../src/runtime/job-services.ts";
import { KEPT_IN_LOG } from "./event-hub.ts";

const EVERY_MS = 600_000;
/** A caller that repeats a request later than this means a new one. */
const ANSWERS_KEPT_MS = 24 * 3_600_000;
/** Bars of backtests that nobody repeated; they are sent again when they are needed. */
const BARS_KEPT_MS = 30 * 24 * 3_600_000;

/** Forgets what nobody will ask for any more, now and then. */
export function keepHouse(
  { clock, log }: Pick<Daemon, "clock" | "log">,
  { events, vault, answers }: Pick<JobServices, "events" | "vault"> & Pick<ApiStores, "answers">,
): { close(): void } {
  const tidy = async () => {
    await events.trim(KEPT_IN_LOG);
    await answers.trim(ANSWERS_KEPT_MS);
    await vault.purge(clock.now() - BARS_KEPT_MS);
  };
  let cancel = () => {};
  const again = () => {
    cancel = clock.after(EVERY_MS, () => {
      tidy().catch((error: unknown) => log.warn("housekeeping failed", { error }));
      again();
    });
  };
  again();
  return { close: () => cancel() };
}
