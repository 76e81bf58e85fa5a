// The one module through which anything is written to an exchange that ccxt speaks to, and the only one that loads ccxt.
import { AsyncLocalStorage } from "node:async_hooks";
import * as http from "node:http";
import * as https from "node:https";
import type { Exchange, Order } from "ccxt";
import { OperatorError } from "../../core/errors.ts";
import type { LastGate } from "../../ports/venue.ts";
import type { Departure } from "../../trading/gate.ts";
import { isKind } from "./ccxt-answers.ts";

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
  /** Requests that place orders, as `METHOD path`. */
  readonly placesOrders: RegExp;
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
  | "fetchMyTrades"
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

/** One account at one exchange, over HTTP connections that are kept. */
export class CcxtEgress {
  readonly #exchange: Exchange;
  readonly #link: ExchangeLink;
  readonly #passages = new AsyncLocalStorage<Passage>();
  readonly #agents = {
    "http:": new http.Agent({ keepAlive: true, maxSockets: 8 }),
    "https:": new https.Agent({ keepAlive: true, maxSockets: 8 }),
  };
  #orders = 0;

  private constructor(exchange: Exchange, link: ExchangeLink) {
    this.#exchange = exchange;
    this.#link = link;
    exchange.fetchImplementation = (url: string, wire: Wire) => this.#fetch(url, wire);
  }

  static async open(link: ExchangeLink): Promise<CcxtEgress> {
    const { default: ccxt } = await import("ccxt");
    const Class: unknown = Reflect.get(ccxt, link.exchange);
    if (!ccxt.exchanges.includes(link.exchange) || typeof Class !== "function") {
      throw new OperatorError(`There is no exchange ${link.exchange}.`, {
        exit: "usage",
        code: "EXCHANGE_UNKNOWN",
        expected: "ccxt's name of an exchange: binance, binanceusdm, kraken, bitstamp ...",
        found: link.exchange,
      });
    }
    const { apiKey = "", secret = "", timeoutMs: timeout } = link;
    // An order that is under way for longer than its answer may take is dead when it arrives, where the exchange can tell.
    const options = { recvWindow: timeout, adjustForTimeDifference: true };
    const exchange: unknown = Reflect.construct(Class, [{ apiKey, secret, timeout, options, enableRateLimit: true }]);
    if (!(exchange instanceof ccxt.Exchange)) throw new Error(`${link.exchange} is no exchange`);
    // Some exchanges have replaced their test network by accounts of play money.
    if (!link.live && Reflect.has(exchange.urls, "demo")) exchange.enableDemoTrading(true);
    else if (!link.live) exchange.setSandboxMode(true);
    return new CcxtEgress(exchange, link);
  }

  /** Orders that left (RC-45). */
  get orders(): number {
    return this.#orders;
  }

  get requests(): ExchangeRequests {
    return this.#exchange;
  }

  /** Sends one order, once. The gate is asked in the turn in which the order is written to an open socket (KS-11). */
  async order(order: ExchangeOrder, departure: Departure, gate: LastGate): Promise<Sent> {
    const passage: Passage = { departure, gate, left: false, refusal: undefined, status: undefined };
    const { symbol, type, side, amount, price, params } = order;
    try {
      const made = await this.#passages.run(passage, () =>
        this.#exchange.createOrder(symbol, type, side, amount, price, { ...params, maxRetriesOnFailure: 0 }),
      );
      return { left: true, order: made };
    } catch (error) {
      if (passage.left) return { left: true, error, status: passage.status };
      const code = isKind(error, "NetworkError") ? "VENUE_DISCONNECTED" : "ORDER_UNFIT";
      return { left: false, code: passage.refusal ?? code };
    }
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  /** What ccxt calls for every request: by now it is signed and its turn in the rate limit has come. */
  async #fetch(url: string, { method = "GET", headers, body, signal }: Wire): Promise<Response> {
    const target = new URL(url);
    const passage = this.#passages.getStore();
    if (passage === undefined ? this.#link.placesOrders.test(`${method} ${target.pathname}`) : passage.left) {
      throw new Error(`an order past the gate: ${method} ${target.pathname}`);
    }
    if (this.#link.origin !== undefined) {
      const { protocol, host } = new URL(this.#link.origin);
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
    const verdict = passage.gate(passage.departure);
    if (!verdict.ok) passage.refusal = verdict.refusal.code;
    else if (unsent > 0) passage.refusal = "VENUE_CONGESTED";
    else {
      passage.left = true;
      this.#orders += 1;
    }
    return passage.left;
  }
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
