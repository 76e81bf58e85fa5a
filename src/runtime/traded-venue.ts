import type { Clock } from "../core/clock.ts";
import type { SessionTiming, VenueCapabilities } from "../live/session-config.ts";
import type { Log } from "../ports/log.ts";
import type { MarketData } from "../ports/market-data.ts";
import type { Venue } from "../ports/venue.ts";
import { sequenceIn } from "../trading/client-order-id.ts";
import {
  type AccountId,
  type Instrument,
  type InstrumentId,
  type StrategyId,
  strategyId,
  type VenueId,
} from "../trading/instrument.ts";
import type { PartitionId } from "../trading/lease.ts";
import type { ClientOrderId } from "../trading/order.ts";
import type { Config } from "./config.ts";
import {
  barMs,
  exchangeCapabilities,
  exchangeInstruments,
  exchangeVenueId,
  isRealMoney,
  openExchange,
} from "./exchange.ts";
import { openPaperMarketData, openPaperVenue, PAPER_CAPABILITIES } from "./paper-clients.ts";
import { PAPER_CURRENCY, PAPER_VENUE, paperInstruments } from "./paper-venue.ts";

/** Where this stack trades, known from the configuration alone. */
export interface TradedVenue {
  readonly id: VenueId;
  readonly currency: string;
  readonly capabilities: VenueCapabilities;
  readonly instruments: ReadonlyMap<InstrumentId, Instrument>;
  readonly timing: Partial<SessionTiming>;
  /** How many bars the market brings a second; 0 when it goes as fast as it is followed. */
  readonly barsPerSecond: number;
  readonly isPaper: boolean;
  readonly isRealMoney: boolean;
}

/** An exchange counts requests: it is looked at less often than a process next door, and may take longer to answer. */
const EXCHANGE_TIMING = { reconcileMs: 10_000, proofMs: 2_000, queryMs: 1_000, cancelRetryMs: 3_000 };
/** A snapshot of an exchange's account is several requests, one after the other. */
const REQUESTS_OF_A_LOOK = 4;

export function tradedVenue(config: Config): TradedVenue {
  if (config.venue.name === "paper") {
    return {
      id: PAPER_VENUE,
      currency: PAPER_CURRENCY,
      capabilities: PAPER_CAPABILITIES,
      instruments: paperInstruments(config),
      timing: { deadManMs: config.venue.deadManMs },
      barsPerSecond: config.paper.barsPerSecond,
      isPaper: true,
      isRealMoney: false,
    };
  }
  const instruments = new Map([...exchangeInstruments(config).values()].map((one) => [one.id, one]));
  const [first] = instruments.values();
  const { timeoutMs, deadManMs } = config.venue;
  return {
    id: exchangeVenueId(config),
    currency: first!.currency,
    capabilities: exchangeCapabilities(config),
    instruments,
    timing: { ...EXCHANGE_TIMING, deadManMs, inFlightMs: timeoutMs, answerMs: REQUESTS_OF_A_LOOK * timeoutMs },
    barsPerSecond: 1_000 / barMs(config),
    isPaper: false,
    isRealMoney: isRealMoney(config),
  };
}

export interface VenueAccess {
  /** One account. Closed by whoever opened it. */
  openAccount(account: AccountId): Venue;
  openMarketData(log: Log): MarketData;
  /** Meets the venue before anything is traded. Throws an OperatorError when what is configured does not fit it. */
  meet(): Promise<void>;
}

export interface VenueAccessOptions {
  readonly clock: Clock;
  /** Who connects: `worker-2`, `ttt kill`. */
  readonly client: string;
  readonly log?: Log;
  /** Whose orders there may be, to tell a strategy's from others'. */
  readonly partitions: readonly { readonly id: PartitionId; readonly strategy: string }[];
}

/** The ways to the venue that is configured. Nothing is connected before it is used. */
export function venueAccess(config: Config, options: VenueAccessOptions): VenueAccess {
  if (config.venue.name === "paper") {
    const instruments = paperInstruments(config);
    return {
      openAccount: (account) => openPaperVenue(config, { ...options, account, instruments }),
      openMarketData: () => openPaperMarketData(config, options),
      meet: async () => {},
    };
  }
  const strategyOf = (id: ClientOrderId): StrategyId | undefined => {
    const owner = options.partitions.find((one) => sequenceIn(id, one.id, strategyId(one.strategy)) !== undefined);
    return owner && strategyId(owner.strategy);
  };
  // One key, one account, one connection, whoever of this process uses it.
  const { venue, openMarketData } = openExchange(config, { ...options, strategyOf });
  return { openAccount: () => venue, openMarketData, meet: () => venue.meet() };
}
