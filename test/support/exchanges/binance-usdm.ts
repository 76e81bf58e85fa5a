// A stand-in for the exchange that speaks Binance's USDⓈ-M futures REST protocol: signatures, client ids, error codes.
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const API_KEY = "key";
export const API_SECRET = "secret";

interface RestingOrder {
  readonly orderId: number;
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: "BUY" | "SELL";
  readonly type: string;
  readonly timeInForce: string;
  readonly price: number;
  readonly origQty: number;
  readonly reduceOnly: boolean;
  readonly time: number;
  executedQty: number;
  status: "NEW" | "PARTIALLY_FILLED" | "FILLED" | "CANCELED" | "EXPIRED";
}

interface Trade {
  readonly id: number;
  readonly orderId: number;
  readonly symbol: string;
  readonly side: string;
  readonly price: number;
  readonly qty: number;
  readonly time: number;
}

/** What goes wrong with the next request of a path: carried out without an answer, answered late, or an error instead. */
export type Fault = "lost-answer" | "lost-request" | { readonly status: number; readonly body: object | string };

class Refusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export class BinanceUsdm {
  readonly orders: RestingOrder[] = [];
  readonly trades: Trade[] = [];
  /** `METHOD path` of every request, in order. */
  readonly requests: string[] = [];
  readonly faults = new Map<string, Fault>();
  /** What limit orders cross against and market orders fill at. */
  price = 100;
  readonly #countdowns = new Map<string, NodeJS.Timeout>();
  readonly #server = createServer((request, response) => this.#serve(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const timer of this.#countdowns.values()) clearTimeout(timer);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Somebody trades against an order. */
  fill(clientOrderId: string, qty: number, price?: number): void {
    const order = this.orders.findLast((one) => one.clientOrderId === clientOrderId)!;
    order.executedQty = Number((order.executedQty + qty).toFixed(6));
    order.status = order.executedQty >= order.origQty ? "FILLED" : "PARTIALLY_FILLED";
    const { orderId, symbol, side } = order;
    const id = this.trades.length + 1;
    this.trades.push({ id, orderId, symbol, side, price: price ?? order.price, qty, time: Date.now() });
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
      if (fault === "lost-request") return void request.socket.destroy();
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
      return { status: 200, answer: this.#carryOut(name, url, body, request) };
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, answer: { code: error.code, msg: error.message } };
      throw error;
    }
  }

  #carryOut(name: string, url: URL, body: string, request: IncomingMessage): object {
    switch (name) {
      case "GET /fapi/v1/time":
        return { serverTime: Date.now() };
      case "GET /fapi/v1/exchangeInfo":
        return { timezone: "UTC", serverTime: Date.now(), rateLimits: [], symbols: [symbolInfo("BTCUSDT", "BTC")] };
    }
    const ask = signed(request, body === "" ? url.search.slice(1) : body);
    switch (name) {
      case "POST /fapi/v1/order":
        return this.#place(ask);
      case "GET /fapi/v1/order":
        return orderBody(this.#find(ask, -2013, "Order does not exist."));
      case "DELETE /fapi/v1/order": {
        const order = this.#find(ask, -2011, "Unknown order sent.");
        if (!isOpen(order)) throw new Refusal(400, -2011, "Unknown order sent.");
        order.status = "CANCELED";
        return orderBody(order);
      }
      case "DELETE /fapi/v1/allOpenOrders":
        this.#cancelAll(ask.get("symbol"));
        return { code: 200, msg: "The operation of cancel all open order is done." };
      case "GET /fapi/v1/openOrders":
        return this.orders
          .filter((order) => isOpen(order) && [null, order.symbol].includes(ask.get("symbol")))
          .map(orderBody);
      case "GET /fapi/v1/userTrades":
        return this.#userTrades(ask);
      case "GET /fapi/v3/positionRisk":
        return [this.#position("BTCUSDT")];
      case "GET /fapi/v1/leverageBracket":
        return [{ symbol: "BTCUSDT", brackets: [{ bracket: 1, notionalFloor: 0, maintMarginRatio: 0.004 }] }];
      case "POST /fapi/v1/countdownCancelAll":
        return this.#countdown(ask.get("symbol")!, Number(ask.get("countdownTime")));
    }
    throw new Refusal(404, -1, `no ${name} here`);
  }

  #place(ask: URLSearchParams): object {
    const clientOrderId = ask.get("newClientOrderId")!;
    const quantity = Number(ask.get("quantity"));
    if (this.orders.some((order) => isOpen(order) && order.clientOrderId === clientOrderId)) {
      throw new Refusal(400, -4116, "ClientOrderId is duplicated.");
    }
    if (quantity > 1_000) throw new Refusal(400, -2019, "Margin is insufficient.");
    const isMarket = ask.get("type") === "MARKET";
    const order: RestingOrder = {
      orderId: this.orders.length + 1_000,
      symbol: ask.get("symbol")!,
      clientOrderId,
      side: ask.get("side") === "BUY" ? "BUY" : "SELL",
      type: ask.get("type")!,
      timeInForce: ask.get("timeInForce") ?? "GTC",
      price: Number(ask.get("price") ?? 0),
      origQty: quantity,
      reduceOnly: ask.get("reduceOnly") === "true",
      time: Date.now(),
      executedQty: 0,
      status: "NEW",
    };
    this.orders.push(order);
    const crosses = isMarket || (order.side === "BUY" ? order.price >= this.price : order.price <= this.price);
    if (crosses) this.fill(clientOrderId, quantity, this.price);
    else if (order.timeInForce !== "GTC") order.status = "EXPIRED";
    return orderBody(order);
  }

  #find(ask: URLSearchParams, code: number, message: string): RestingOrder {
    const found = this.orders.findLast(
      (order) => order.clientOrderId === ask.get("origClientOrderId") || String(order.orderId) === ask.get("orderId"),
    );
    if (found === undefined) throw new Refusal(400, code, message);
    return found;
  }

  #cancelAll(symbol: string | null): void {
    for (const order of this.orders) if (isOpen(order) && order.symbol === symbol) order.status = "CANCELED";
  }

  #countdown(symbol: string, countdownTime: number): object {
    clearTimeout(this.#countdowns.get(symbol));
    if (countdownTime > 0)
      this.#countdowns.set(
        symbol,
        setTimeout(() => this.#cancelAll(symbol), countdownTime),
      );
    return { symbol, countdownTime: String(countdownTime) };
  }

  #userTrades(ask: URLSearchParams): object {
    const from = Number(ask.get("startTime") ?? 0);
    const limit = Number(ask.get("limit") ?? 500);
    return this.trades
      .filter((trade) => trade.symbol === ask.get("symbol") && trade.time >= from)
      .slice(0, limit)
      .map((trade) => ({
        ...trade,
        price: String(trade.price),
        qty: String(trade.qty),
        quoteQty: String(trade.qty * trade.price),
        commission: String(trade.qty * trade.price * 0.0004),
        commissionAsset: "USDT",
        realizedPnl: "0",
        maker: false,
        buyer: trade.side === "BUY",
        positionSide: "BOTH",
      }));
  }

  #position(symbol: string): object {
    const amount = this.trades.reduce((sum, { side, qty }) => sum + (side === "BUY" ? qty : -qty), 0);
    return {
      symbol,
      positionSide: "BOTH",
      positionAmt: amount.toFixed(3),
      entryPrice: amount === 0 ? "0.0" : String(this.price),
      markPrice: String(this.price),
      unRealizedProfit: "0",
      liquidationPrice: "0",
      isolatedMargin: "0",
      notional: (amount * this.price).toFixed(4),
      marginAsset: "USDT",
      updateTime: Date.now(),
    };
  }
}

const isOpen = (order: RestingOrder) => order.status === "NEW" || order.status === "PARTIALLY_FILLED";

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

function orderBody(order: RestingOrder): object {
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
