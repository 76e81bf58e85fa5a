import { PaperMarketData } from "../adapters/market-data/paper-market-data.ts";
import { PaperVenueClient } from "../adapters/venues/paper-venue.ts";
import type { Clock } from "../core/clock.ts";
import type { VenueCapabilities } from "../live/session-config.ts";
import type { AccountId, Instrument, InstrumentId } from "../trading/instrument.ts";
import type { Config } from "./config.ts";
import { paperVenueSettings } from "./paper-venue.ts";

/** What the paper venue can do. */
export const PAPER_CAPABILITIES: VenueCapabilities = {
  types: ["market", "limit", "stop", "stop-limit"],
  times: ["gtc", "day", "gtd", "ioc", "fok"],
  holdsReduceOnly: true,
  groups: true,
  plainMarketOrders: true,
  deadMan: true,
};

export interface PaperClientOptions {
  readonly clock: Clock;
  /** Who connects: `worker-2`, `ttt kill`. */
  readonly client: string;
}

/** One account at the paper venue. */
export function openPaperVenue(
  config: Config,
  options: PaperClientOptions & {
    readonly account: AccountId;
    readonly instruments: ReadonlyMap<InstrumentId, Instrument>;
  },
): PaperVenueClient {
  const { address, secret } = paperVenueSettings(config);
  return new PaperVenueClient({ ...options, address, secret, worker: options.client });
}

/** The bars that the paper venue publishes. */
export function openPaperMarketData(config: Config, options: PaperClientOptions): PaperMarketData {
  const { address, secret } = paperVenueSettings(config);
  return new PaperMarketData({ ...options, address, secret });
}
