// A stand-in for the exchange that speaks Binance's USDⓈ-M futures protocol: over HTTP signatures, client ids, error
// codes, and over WebSocket the user data stream.
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { BinanceBook, type BinanceOrder, isOpen, Refusal } from "./binance-book.ts";
import { BinanceStreams } from "./binance-streams.ts";

export const API_KEY = "key";
export const API_SECRET = "secret";
const SYMBOL = "BTCUSDT";

/** What goes wrong with the next request of a path: carried out without an answer, answered late, or an error instead. */
export type Fault = "lost-answer" | "lost-request" | { readonly status: number; readonly body: object | string };

export class BinanceUsdm {
  readonly streams = new BinanceStreams();
  readonly book = new BinanceBook((order, what, trade) => this.streams.changed(order, what, trade));
  /** `METHOD path` of every request, in order. */
  readonly requests: string[] = [];
  readonly faults = new Map<string, Fault>();
  /** How many countdowns have run out, each withdrawing all orders of its symbol. */
  lapsed = 0;
  /** While it is set nobody gets an answer, and no stream opens. */
  down = false;
  readonly #countdowns = new Map<string, NodeJS.Timeout>();
  readonly #server = createServer((request, response) => this.#serve(request, response)).on(
    "upgrade",
    (request, socket, head) => (this.down ? socket.destroy() : this.streams.upgrade(request, socket, head)),
  );

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const timer of this.#countdowns.values()) clearTimeout(timer);
    this.streams.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get openOrders(): readonly BinanceOrder[] {
    return this.book.orders.filter(isOpen);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://exchange");
      const name = `${request.method} ${url.pathname}`;
      this.requests.push(name);
      const fault = this.faults.get(name);
      this.faults.delete(name);
      if (fault === "lost-request" || this.down) return void request.socket.destroy();
      const { status, answer } =
        typeof fault === "object"
          ? { status: fault.status, answer: fault.body }
          : this.#answer(name, url, body, request);
      if (fault === "lost-answer") return void request.socket.destroy();
      response.writeHead(status, { "content-type": "application/json" });
      response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
    });
  }

  #answer(name: string, url: URL, body: string, request: IncomingMessage): { status: number; answer: object } {
    try {
      const answer = this.#public(name, url, request) ?? this.#private(name, url, body, request);
      return { status: 200, answer };
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, answer: { code: error.code, msg: error.message } };
      throw error;
    }
  }

  #public(name: string, url: URL, request: IncomingMessage): object | undefined {
    const { price, bars } = this.book;
    switch (name) {
      case "GET /fapi/v1/time":
        return { serverTime: Date.now() };
      case "GET /fapi/v1/exchangeInfo":
        return { timezone: "UTC", serverTime: Date.now(), rateLimits: [], symbols: [symbolInfo(SYMBOL, "BTC")] };
      case "GET /fapi/v1/premiumIndex":
        return { symbol: SYMBOL, markPrice: String(price), indexPrice: String(price), time: Date.now() };
      case "GET /fapi/v1/klines": {
        const from = Number(url.searchParams.get("startTime") ?? 0);
        const limit = Number(url.searchParams.get("limit") ?? 500);
        const asked = bars.filter(([time]) => time! >= from);
        const rows = from > 0 ? asked.slice(0, limit) : asked.slice(-limit);
        return rows.map(([time, ...prices]) => [time, ...prices.map(String), time! + 59_999, "0", 0, "0", "0", "0"]);
      }
      case "POST /fapi/v1/listenKey":
      case "PUT /fapi/v1/listenKey":
        if (request.headers["x-mbx-apikey"] !== API_KEY) throw new Refusal(401, -2015, "Invalid API-key.");
        return { listenKey: this.streams.listenKey() };
    }
    return undefined;
  }

  #private(name: string, url: URL, body: string, request: IncomingMessage): object {
    const { book } = this;
    const ask = signed(request, body === "" ? url.search.slice(1) : body);
    switch (name) {
      case "POST /fapi/v1/order":
        return orderBody(book.place(ask));
      case "GET /fapi/v1/order":
        return orderBody(book.find(ask, -2013, "Order does not exist."));
      case "DELETE /fapi/v1/order": {
        const order = book.find(ask, -2011, "Unknown order sent.");
        book.cancel(order);
        return orderBody(order);
      }
      case "DELETE /fapi/v1/allOpenOrders":
        book.cancelAll(ask.get("symbol"));
        return { code: 200, msg: "The operation of cancel all open order is done." };
      case "GET /fapi/v1/openOrders":
        return this.openOrders.filter((order) => [null, order.symbol].includes(ask.get("symbol"))).map(orderBody);
      case "GET /fapi/v1/userTrades":
        return this.#userTrades(ask);
      case "GET /fapi/v3/positionRisk":
        return [this.#position(SYMBOL)];
      case "GET /fapi/v3/account":
        return this.#account();
      case "GET /fapi/v1/leverageBracket":
        return [{ symbol: SYMBOL, brackets: [{ bracket: 1, notionalFloor: 0, maintMarginRatio: 0.004 }] }];
      case "POST /fapi/v1/countdownCancelAll":
        return this.#countdown(ask.get("symbol")!, Number(ask.get("countdownTime")));
    }
    throw new Refusal(404, -1, `no ${name} here`);
  }

  #countdown(symbol: string, countdownTime: number): object {
    clearTimeout(this.#countdowns.get(symbol));
    this.#countdowns.delete(symbol);
    if (countdownTime > 0)
      this.#countdowns.set(
        symbol,
        setTimeout(() => {
          this.#countdowns.delete(symbol);
          this.lapsed += 1;
          this.book.cancelAll(symbol);
        }, countdownTime),
      );
    return { symbol, countdownTime: String(countdownTime) };
  }

  /** Whether a countdown is running. */
  get armed(): boolean {
    return this.#countdowns.size > 0;
  }

  #userTrades(ask: URLSearchParams): object {
    const from = Number(ask.get("startTime") ?? 0);
    const limit = Number(ask.get("limit") ?? 500);
    return this.book.trades
      .filter((trade) => trade.symbol === ask.get("symbol") && trade.time >= from)
      .slice(0, limit)
      .map((trade) => ({
        ...trade,
        price: String(trade.price),
        qty: String(trade.qty),
        quoteQty: String(trade.qty * trade.price),
        commission: String(trade.commission),
        commissionAsset: "USDT",
        realizedPnl: "0",
        maker: false,
        buyer: trade.side === "BUY",
        positionSide: "BOTH",
      }));
  }

  #position(symbol: string): object {
    const { price } = this.book;
    const amount = this.book.position(symbol);
    return {
      symbol,
      positionSide: "BOTH",
      positionAmt: amount.toFixed(3),
      entryPrice: amount === 0 ? "0.0" : String(price),
      markPrice: String(price),
      unRealizedProfit: "0",
      liquidationPrice: "0",
      isolatedMargin: "0",
      notional: (amount * price).toFixed(4),
      marginAsset: "USDT",
      updateTime: Date.now(),
    };
  }

  #account(): object {
    const balance = this.book.marginBalance.toFixed(8);
    const asset = {
      asset: "USDT",
      walletBalance: balance,
      unrealizedProfit: "0",
      marginBalance: balance,
      maintMargin: "0",
      initialMargin: "0",
      availableBalance: balance,
      updateTime: Date.now(),
    };
    return { totalMarginBalance: balance, assets: [asset], positions: [] };
  }
}

function signed(request: IncomingMessage, query: string): URLSearchParams {
  const [, text = "", signature] = /^(.*)&signature=(.*)$/.exec(query) ?? [];
  if (request.headers["x-mbx-apikey"] !== API_KEY) throw new Refusal(401, -2015, "Invalid API-key.");
  if (createHmac("sha256", API_SECRET).update(text).digest("hex") !== signature) {
    throw new Refusal(400, -1022, "Signature for this request is not valid.");
  }
  const ask = new URLSearchParams(text);
  const age = Date.now() - Number(ask.get("timestamp"));
  if (age > Number(ask.get("recvWindow") ?? 5_000)) throw new Refusal(400, -1021, "Outside of the recvWindow.");
  return ask;
}

function orderBody(order: BinanceOrder): object {
  return {
    ...order,
    price: String(order.price),
    origQty: String(order.origQty),
    executedQty: String(order.executedQty),
    cumQuote: "0",
    avgPrice: "0",
    origType: order.type,
    stopPrice: "0",
    positionSide: "BOTH",
    closePosition: false,
    workingType: "CONTRACT_PRICE",
    updateTime: order.time,
  };
}

function symbolInfo(symbol: string, baseAsset: string): object {
  return {
    symbol,
    pair: symbol,
    contractType: "PERPETUAL",
    deliveryDate: 4133404800000,
    onboardDate: 1569398400000,
    status: "TRADING",
    baseAsset,
    quoteAsset: "USDT",
    marginAsset: "USDT",
    pricePrecision: 2,
    quantityPrecision: 3,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: "COIN",
    filters: [
      { filterType: "PRICE_FILTER", minPrice: "0.10", maxPrice: "1000000", tickSize: "0.10" },
      { filterType: "LOT_SIZE", minQty: "0.001", maxQty: "1000", stepSize: "0.001" },
      { filterType: "MARKET_LOT_SIZE", minQty: "0.001", maxQty: "1000", stepSize: "0.001" },
      { filterType: "MIN_NOTIONAL", notional: "5" },
    ],
    orderTypes: ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET"],
    timeInForce: ["GTC", "IOC", "FOK", "GTX", "GTD"],
  };
}
