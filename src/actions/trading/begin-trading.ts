import { messageOf, OutageError } from "../../core/errors.ts";
import { AUTOMATIC, type KillAuthority } from "../../ports/kill-store.ts";
import type { Log } from "../../ports/log.ts";
import type { VenueId } from "../../trading/instrument.ts";

export interface BeginTradingOptions {
  readonly authority: KillAuthority;
  readonly venue: { readonly id: VenueId; readonly isRealMoney: boolean };
  /** The accounts that are traded. */
  readonly accounts: readonly string[];
  readonly worker: string;
  readonly log: Log;
}

/**
 * The levels before anything was ever traded. A new environment begins armed; only a new one, and no level that was
 * ever set is lowered. A venue of real money begins blocked the first time that an account of it is traded here,
 * whatever the environment was used for before: two people arm it once. Rejects with an OutageError when that cannot be
 * written: then nothing is traded.
 */
export async function beginTrading(options: BeginTradingOptions): Promise<void> {
  const { authority, venue, accounts, worker, log } = options;
  for (const account of venue.isRealMoney ? accounts : []) {
    await authority.raise({
      commandId: `first-time:${venue.id}/${account}`,
      scope: `venue:${venue.id}`,
      level: "BLOCK",
      reason: `the real money of account ${account}, not traded here before`,
      actor: worker,
      origin: AUTOMATIC,
    });
  }
  try {
    await authority.found("RUN", "a new environment", worker);
  } catch (error) {
    if (!(error instanceof OutageError)) throw error;
    log.warn("the trading level is not known", { error: messageOf(error) });
  }
}
