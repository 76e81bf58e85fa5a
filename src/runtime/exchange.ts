import { CcxtMarketData } from "../adapters/market-data/ccxt-market-data.ts";
import { CcxtVenue } from "../adapters/venues/ccxt-venue.ts";
import { CcxtEgress } from "../adapters/venues/egress-ccxt.ts";
import { EXCHANGES } from "../adapters/venues/exchange-table.ts";
import type { Clock } from "../core/clock.ts";
import { OperatorError } from "../core/errors.ts";
import type { VenueCapabilities } from "../live/session-config.ts";
import type { Log } from "../ports/log.ts";
import { SANDBOX_SUFFIX } from "../trading/environment.ts";
import {
  type Instrument,
  type InstrumentId,
  instrumentId,
  lots,
  type StrategyId,
  venueId,
} from "../trading/instrument.ts";
import type { ClientOrderId } from "../trading/order.ts";
import type { Config } from "./config.ts";

const INSTRUMENT = /^(([A-Z0-9]+)\/([A-Z0-9]+):([A-Z0-9]+)) tick ([0-9.]+) lot ([0-9.]+)$/;
const INTERVAL = /^(\d+)([smhd])$/;
const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Whether an order that leaves costs somebody something. */
export const isRealMoney = ({ venue }: Config) => venue.name === "ccxt" && venue.live === "yes";

/** The venue under which an exchange's test environment and its real one are told apart, in every record and scope. */
export function exchangeVenueId({ venue }: Config) {
  return venueId(`${venue.exchange}${venue.live === "yes" ? "" : SANDBOX_SUFFIX}`);
}

/** What is traded there, by the exchange's unified symbol. Linear perpetuals only: their profit is in their own quote. */
export function exchangeInstruments(config: Config): ReadonlyMap<string, Instrument> {
  const texts = config.venue.instruments.split(";").map((text) => text.trim());
  const instruments = new Map(texts.filter((text) => text !== "").map((text) => instrumentOf(text, config)));
  const currencies = new Set([...instruments.values()].map(({ currency }) => currency));
  if (currencies.size !== 1) throw invalid("venue.instruments", "instruments of one currency", [...currencies].join());
  return instruments;
}

function instrumentOf(text: string, config: Config): [symbol: string, instrument: Instrument] {
  const [, symbol, base, quote, settle, tickSize, lotSize] = INSTRUMENT.exec(text) ?? [];
  if (symbol === undefined || quote !== settle || !(Number(tickSize) > 0) || !(Number(lotSize) > 0)) {
    throw invalid("venue.instruments", "SYMBOL tick STEP lot STEP, as in BTC/USDT:USDT tick 0.1 lot 0.001", text);
  }
  const instrument: Instrument = {
    id: instrumentId(`${base}-${quote}`),
    venue: exchangeVenueId(config),
    tickSize: tickSize!,
    lotSize: lotSize!,
    multiplier: 1,
    currency: quote!,
    minimum: lots(1),
    maximum: lots(1_000_000_000),
  };
  return [symbol, instrument];
}

export function exchangeCapabilities({ venue }: Config): VenueCapabilities {
  // An exchange that may not be traded is refused, with the names of those that may.
  return EXCHANGES.get(venue.exchange)?.capabilities ?? new CcxtEgress(linkOf(venue)).profile.capabilities;
}

/** Length of the exchange's bars, milliseconds. */
export function barMs({ venue }: Config): number {
  const [, count = "0", unit = "m"] = INTERVAL.exec(venue.interval) ?? [];
  const ms = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  if (!(ms > 0)) throw invalid("venue.interval", "a number and s, m, h or d", venue.interval);
  return ms;
}

/**
 * Real money is traded only where the setting and the environment say so, and name the same exchange: neither a copied
 * file nor a variable that was left over does it by itself. Throws an OperatorError (exit `refused`).
 */
export function requireConfirmedMoney(
  config: Config,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): void {
  const confirmed = environment.TTT_CONFIRM_LIVE;
  const { exchange } = config.venue;
  if (!isRealMoney(config) || confirmed === exchange) return;
  throw new OperatorError(`Trading real money at ${exchange} is not confirmed.`, {
    exit: "refused",
    code: "LIVE_UNCONFIRMED",
    expected: `TTT_CONFIRM_LIVE=${exchange} in the environment`,
    found: confirmed ?? "not set",
  });
}

export interface ExchangeOptions {
  readonly clock: Clock;
  readonly strategyOf: (id: ClientOrderId) => StrategyId | undefined;
  readonly log?: Log;
}

/**
 * The account at the configured exchange, and its market, over one connection. To look and to withdraw needs no
 * confirmation, so that a kill is never held up by a variable.
 */
export function openExchange(config: Config, { clock, strategyOf, log }: ExchangeOptions) {
  const { venue } = config;
  const instruments = exchangeInstruments(config);
  const symbols = new Map([...instruments].map(([symbol, { id }]) => [id, symbol]));
  const egress = new CcxtEgress(linkOf(venue));
  return {
    venue: new CcxtVenue({ egress, clock, instruments, strategyOf, pollMs: venue.pollMs, ...(log && { log }) }),
    openMarketData: (log: Log) =>
      new CcxtMarketData({
        egress,
        clock,
        log,
        symbolOf: (id: InstrumentId) => symbols.get(id),
        interval: venue.interval,
        intervalMs: barMs(config),
        pollMs: venue.pollMs,
      }),
  };
}

function linkOf({ exchange, live, apiKey, secret, origin, timeoutMs }: Config["venue"]) {
  return {
    exchange,
    live: live === "yes",
    ...(apiKey !== undefined && { apiKey }),
    ...(secret !== undefined && { secret }),
    ...(origin !== "" && { origin }),
    timeoutMs,
  };
}

function invalid(name: string, expected: string, found: string): OperatorError {
  return new OperatorError(`The setting ${name} is not valid.`, {
    exit: "configuration",
    code: "CONFIG_INVALID",
    expected,
    found,
    hint: "ttt config",
  });
}
