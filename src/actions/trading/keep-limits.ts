import type { Cancel, Clock } from "../../core/clock.ts";
import { messageOf, OutageError } from "../../core/errors.ts";
import type { LimitStore } from "../../ports/limit-store.ts";
import type { Log } from "../../ports/log.ts";
import { completeLimits } from "../../trading/risk/complete-limits.ts";
import type { LimitSet } from "../../trading/risk/limits.ts";

/** A stricter limit whose notice was lost is in force after this at the latest. */
const READ_AGAIN_MS = 1_000;

export interface KeepLimitsOptions {
  readonly limits: Pick<LimitStore, "read" | "onChange">;
  /** What holds where nobody has set anything. */
  readonly defaults: LimitSet;
  readonly clock: Clock;
  readonly log: Log;
  /** The limits in force and the exceptions to them; told once for every change. */
  readonly onLimits: (limits: LimitSet) => void;
}

/**
 * Keeps the risk limits up to date: reads them on every notice, and every second in case one was lost. Until they were
 * read once there are none, and every order is denied; afterwards the last ones read go on holding, because trading
 * itself ends when the store is away for longer than a permit lasts.
 */
export async function keepLimits(options: KeepLimitsOptions): Promise<{ close(): void }> {
  const { limits, defaults, clock, log, onLimits } = options;
  let told: { readonly version: number; readonly overrides: string } | undefined;
  let timer: Cancel | undefined;
  let closed = false;
  let reading = false;
  let again = false;

  const read = async () => {
    try {
      const set = completeLimits(await limits.read(), defaults);
      const overrides = JSON.stringify(set.overrides ?? []);
      if (closed || (told !== undefined && set.version === told.version && overrides === told.overrides)) return;
      if (told !== undefined) log.info("risk limits changed", { version: set.version, overrides });
      told = { version: set.version, overrides };
      onLimits(set);
    } catch (error) {
      if (!(error instanceof OutageError)) throw error;
      log.warn("the risk limits cannot be read", { error: messageOf(error) });
    }
  };
  const run = async () => {
    again = true;
    if (reading) return;
    reading = true;
    timer?.();
    while (again && !closed) {
      again = false;
      await read();
    }
    reading = false;
    if (!closed) timer = clock.after(READ_AGAIN_MS, () => void run());
  };

  const deaf = await limits
    .onChange(() => void run())
    .catch((error: unknown) => {
      log.warn("no notices of risk limits", { error: messageOf(error) });
      return () => {};
    });
  await run();
  return {
    close() {
      closed = true;
      timer?.();
      deaf();
    },
  };
}
