import type { VenueCapabilities } from "../../live/session-config.ts";
import type { DeadMansSwitchRules } from "../../ports/venue.ts";
import type { ExchangeRequests } from "./egress-ccxt.ts";

/** What must be known of an exchange before an order may go to it. */
export interface ExchangeProfile {
  /** The requests that bring an order into being, as `METHOD path`: they leave only behind the gate. */
  readonly placesOrders: RegExp;
  readonly capabilities: VenueCapabilities;
  readonly deadMansSwitch: DeadMansSwitchRules;
  /** Arms the switch over the account's orders in these markets (the exchange's own ids), or disarms it with 0. */
  armDeadMan(exchange: ExchangeRequests, markets: readonly string[], timeoutMs: number): Promise<unknown>;
  /** Codes by which the exchange says that it already holds the client id: the order exists, so it is no rejection. */
  readonly alreadyThere: RegExp;
  /** Fills in one answer at most. */
  readonly fillsAtOnce: number;
  /** Over how long the exchange counts requests, milliseconds. */
  readonly rateWindowMs: number;
  /** Whether a message says that the stream is over although its connection stands. */
  endsStream(message: unknown): boolean;
  /** Drops what ccxt keeps of the last stream in its options. */
  forgetStream(options: object): void;
}

/**
 * The exchanges that may be traded. One that is not here is refused: what it does when this side falls silent, and which
 * of its requests place orders, has to be known first (KS-27, KS-28).
 */
export const EXCHANGES: ReadonlyMap<string, ExchangeProfile> = new Map<string, ExchangeProfile>([
  [
    "binanceusdm",
    {
      placesOrders: /^(POST|PUT) \/fapi\/v\d+\/(order|batchOrders|algoOrder)$/,
      capabilities: {
        types: ["market", "limit"],
        times: ["gtc", "ioc", "fok"],
        holdsReduceOnly: true,
        groups: false,
        plainMarketOrders: true,
        deadMan: true,
      },
      deadMansSwitch: {
        offered: true,
        covers: "account",
        exclusions: [
          "conditional (algo) orders of the account: the countdown does not cover them",
          "orders in symbols that this worker does not trade: the countdown is armed symbol by symbol",
          "orders placed after it fired: it is no latch",
          "nothing is cancelled when a connection closes; only the countdown cancels",
        ],
      },
      armDeadMan: (exchange, markets, countdownTime) =>
        Promise.all(
          markets.map((symbol) =>
            exchange.request("countdownCancelAll", "fapiPrivate", "POST", { symbol, countdownTime }),
          ),
        ),
      alreadyThere: /"code":\s*-4116/,
      fillsAtOnce: 1_000,
      rateWindowMs: 60_000,
      endsStream: (message) =>
        typeof message === "object" && message !== null && Reflect.get(message, "e") === "listenKeyExpired",
      forgetStream: (options) => void Reflect.set(options, "future", {}),
    },
  ],
]);
