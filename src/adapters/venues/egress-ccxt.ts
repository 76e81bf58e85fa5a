// The one module through which anything is written to an exchange that ccxt speaks to, and the only one that loads ccxt.
import { AsyncLocalStorage } from "node:async_hooks";
import * as http from "node:http";
import * as https from "node:https";
import type { Exchange, Order, Trade } from "ccxt";
import { OperatorError } from "../../core/errors.ts";
import type { LastGate } from "../../ports/venue.ts";
import type { Departure } from "../../trading/gate.ts";
import { asked, isKind } from "./ccxt-answers.ts";
import { EXCHANGES, type ExchangeProfile } from "./exchange-table.ts";

export interface ExchangeLink {
  /** ccxt's name of the exchange. */
  readonly exchange: string;
  /** Real money. The exchange's own test environment otherwise. */
  readonly live: boolean;
  readonly apiKey?: string;
  readonly secret?: string;
  /** Speaks to this origin instead of the exchange's own: a recording proxy, or a stand-in. */
  readonly origin?: string;
  /** How long an answer may take, milliseconds. */
  readonly timeoutMs: number;
}

/** An order in the exchange's units. */
export interface ExchangeOrder {
  readonly symbol: string;
  readonly type: "market" | "limit";
  readonly side: "buy" | "sell";
  readonly amount: number;
  readonly price: number | undefined;
  readonly params: Readonly<Record<string, string | number | boolean>>;
}

/** How an order fared: held back it has provably not left; after it left, an error is whatever the exchange said. */
export type Sent =
  | { readonly left: false; readonly code: string }
  | { readonly left: true; readonly order: Order }
  | { readonly left: true; readonly error: unknown; readonly status: number | undefined };

/** Everything but the placing of orders: passes at every level (KS-12). */
export type ExchangeRequests = Pick<
  Exchange,
  | "cancelAllOrders"
  | "cancelOrder"
  | "fetchBalance"
  | "fetchMarkPrice"
  | "fetchMyTrades"
  | "fetchOHLCV"
  | "fetchOpenOrders"
  | "fetchOrder"
  | "fetchPositions"
  | "fetchTime"
  | "loadMarkets"
  | "markets"
  | "request"
>;

/** One order's way through the gate to the socket. */
interface Passage {
  readonly departure: Departure;
  readonly gate: LastGate;
  left: boolean;
  refusal: string | undefined;
  status: number | undefined;
}

/** One account at one exchange, over HTTP connections that are kept and one stream. Connects when it is first used. */
export class CcxtEgress {
  /** What is known of the exchange. */
  readonly profile: ExchangeProfile;
  readonly link: ExchangeLink;
  #exchange: Exchange | undefined;
  #loading: Promise<Exchange> | undefined;
  #streamOpened = () => {};
  readonly #passages = new AsyncLocalStorage<Passage>();
  /** Inside it the own rate limit does not hold anything up: orders have limits of their own, withdrawals none. */
  readonly #urgent = new AsyncLocalStorage<true>();
  readonly #agents = {
    "http:": new http.Agent({ keepAlive: true, maxSockets: 8 }),
    "https:": new https.Agent({ keepAlive: true, maxSockets: 8 }),
  };
  #orders = 0;

  /** Throws an OperatorError (exit `configuration`) when the exchange is not one that may be traded. */
  constructor(link: ExchangeLink) {
    const profile = EXCHANGES.get(link.exchange);
    if (profile === undefined) {
      throw new OperatorError(`${link.exchange} cannot be traded.`, {
        exit: "configuration",
        code: "EXCHANGE_UNSUPPORTED",
        expected: [...EXCHANGES.keys()].join(", "),
        found: link.exchange,
      });
    }
    this.profile = profile;
    this.link = link;
  }

  /** Orders that left (RC-45). */
  get orders(): number {
    return this.#orders;
  }

  /** The exchange's markets; undefined before its first answer. */
  get markets(): Exchange["markets"] | undefined {
    return this.#exchange?.markets;
  }

  /** Asks anything but an order, once the markets are known. Rejects with an OutageError, whatever went wrong. */
  ask<T>(request: (exchange: ExchangeRequests) => Promise<T>): Promise<T> {
    const answer = async () => {
      const exchange = await this.#open();
      if (exchange.markets === undefined) await exchange.loadMarkets();
      return await request(exchange);
    };
    return asked(this.link.exchange, answer());
  }

  /** Like `ask`, past the own rate limit: what withdraws orders does not queue behind what looks at them (KS-12). */
  askAtOnce<T>(request: (exchange: ExchangeRequests) => Promise<T>): Promise<T> {
    return this.#urgent.run(true, () => this.ask(request));
  }

  /** Sends one order, once. The gate is asked in the turn in which the order is written to an open socket (KS-11). */
  async order(order: ExchangeOrder, departure: Departure, gate: LastGate): Promise<Sent> {
    const exchange = this.#exchange;
    if (exchange === undefined) return { left: false, code: "VENUE_DISCONNECTED" };
    const passage: Passage = { departure, gate, left: false, refusal: undefined, status: undefined };
    const { symbol, type, side, amount, price, params } = order;
    const create = () => exchange.createOrder(symbol, type, side, amount, price, { ...params, maxRetriesOnFailure: 0 });
    try {
      const made = await this.#urgent.run(true, () => this.#passages.run(passage, create));
      return { left: true, order: made };
    } catch (error) {
      if (passage.left) return { left: true, error, status: passage.status };
      const code = isKind(error, "NetworkError") ? "VENUE_DISCONNECTED" : "ORDER_UNFIT";
      return { left: false, code: passage.refusal ?? code };
    }
  }

  /** The next orders that the exchange reports by itself. Rejects when the stream breaks. */
  async nextOrders(): Promise<readonly Order[]> {
    return await (await this.#open()).watchOrders();
  }

  /** The next executions that the exchange reports by itself. Rejects when the stream breaks. */
  async nextTrades(): Promise<readonly Trade[]> {
    return await (await this.#open()).watchMyTrades();
  }

  /** Calls back whenever a stream is open: what was reported before that was not heard. */
  onStreamOpen(listener: () => void): void {
    this.#streamOpened = listener;
  }

  /** The next stream introduces itself anew: what the exchange gave to the last one may not count any more. */
  forgetStream(): void {
    if (this.#exchange !== undefined) this.profile.forgetStream(this.#exchange.options);
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
    // Its streams end; whoever waits for one hears that it broke.
    void this.#exchange?.close().catch(() => {});
  }

  #open(): Promise<Exchange> {
    this.#loading ??= this.#load().then((exchange) => {
      this.#exchange = exchange;
      return exchange;
    });
    return this.#loading;
  }

  async #load(): Promise<Exchange> {
    const { default: ccxt } = await import("ccxt");
    const { exchange: name, live, apiKey = "", secret = "", timeoutMs: timeout, origin } = this.link;
    const { rateWindowMs } = this.profile;
    const made: unknown = Reflect.construct(Reflect.get(ccxt.pro, name), [
      {
        apiKey,
        secret,
        timeout,
        // An order that is under way for longer than its answer may take is dead when it arrives, where the exchange can tell.
        options: {
          recvWindow: timeout,
          adjustForTimeDifference: true,
          watchPositions: { fetchPositionsSnapshot: false },
        },
        enableRateLimit: true,
        // As the exchange counts, and not one by one: a look at the account is several requests at once.
        rateLimiterAlgorithm: "rollingWindow",
        rollingWindowSize: rateWindowMs,
      },
    ]);
    if (!(made instanceof ccxt.Exchange)) throw new Error(`${name} is no exchange`);
    const exchange: Exchange = made;
    // Some exchanges have replaced their test network by accounts of play money.
    if (!live && Reflect.has(exchange.urls, "demo")) exchange.enableDemoTrading(true);
    else if (!live) exchange.setSandboxMode(true);
    if (origin !== undefined) redirectStreams(exchange, origin);
    // Streams without TLS, as from a stand-in, need an agent of their own.
    await exchange.loadHttpProxyAgent();
    exchange.fetchImplementation = (url: string, wire: Wire) => this.#fetch(url, wire);
    const throttle = exchange.throttle.bind(exchange);
    exchange.throttle = (cost) => (this.#urgent.getStore() ? Promise.resolve() : throttle(cost));
    exchange.onConnected = () => this.#streamOpened();
    const handle = exchange.handleMessage.bind(exchange);
    exchange.handleMessage = (client, message) => {
      if (this.profile.endsStream(message)) client.close();
      else handle(client, message);
    };
    return exchange;
  }

  /** What ccxt calls for every request: by now it is signed and its turn in the rate limit has come. */
  async #fetch(url: string, { method = "GET", headers, body, signal }: Wire): Promise<Response> {
    const target = new URL(url);
    const passage = this.#passages.getStore();
    if (passage === undefined ? this.profile.placesOrders.test(`${method} ${target.pathname}`) : passage.left) {
      throw new Error(`an order past the gate: ${method} ${target.pathname}`);
    }
    if (this.link.origin !== undefined) {
      const { protocol, host } = new URL(this.link.origin);
      target.protocol = protocol;
      target.host = host;
    }
    const isTls = target.protocol === "https:";
    const agent = isTls ? this.#agents["https:"] : this.#agents["http:"];
    const options = { method, agent, ...(headers && { headers }), ...(signal && { signal }) };
    const request = isTls ? https.request(target, options) : http.request(target, options);
    request.once("socket", (socket) => {
      const write = () => {
        if (passage && !this.#pass(passage, socket.writableLength)) request.destroy(new Error("held back"));
        else request.end(body);
      };
      if (socket.connecting) socket.once(isTls ? "secureConnect" : "connect", write);
      else write();
    });
    return await answerTo(request, passage);
  }

  /** Nothing waits between this and the write: with bytes unsent the order would leave after whatever comes meanwhile. */
  #pass(passage: Passage, unsent: number): boolean {
    if (unsent > 0) {
      passage.refusal = "VENUE_CONGESTED";
      return false;
    }
    const verdict = passage.gate(passage.departure);
    if (!verdict.ok) passage.refusal = verdict.refusal.code;
    else {
      passage.left = true;
      this.#orders += 1;
    }
    return passage.left;
  }
}

/** The streams too come from the other origin. */
function redirectStreams(exchange: Exchange, origin: string): void {
  const host = origin.replace(/^http/, "ws");
  const moved = (value: unknown): unknown => {
    if (typeof value === "string") return value.replace(/^wss?:\/\/[^/]+/, host);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, moved(inner)]));
  };
  Object.assign(exchange.urls, { api: moved(exchange.urls.api) });
}

interface Wire {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

function answerTo(request: http.ClientRequest, passage: Passage | undefined): Promise<Response> {
  return new Promise((resolve, reject) => {
    request.once("error", reject);
    request.once("response", async (response) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(Buffer.from(chunk));
        const status = response.statusCode ?? 500;
        if (passage) passage.status = status;
        const headers = new Headers();
        for (const [name, value] of Object.entries(response.headers)) headers.set(name, String(value));
        const text = status === 204 ? null : Buffer.concat(chunks).toString("utf8");
        resolve(new Response(text, { status, statusText: response.statusMessage ?? "", headers }));
      } catch (error) {
        reject(error);
      }
    });
  });
}
