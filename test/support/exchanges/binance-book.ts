/** What the exchange itself keeps: orders, trades, bars. The record that everything else is measured against. */

export interface BinanceOrder {
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

export interface BinanceTrade {
  readonly id: number;
  readonly orderId: number;
  readonly symbol: string;
  readonly side: "BUY" | "SELL";
  readonly price: number;
  readonly qty: number;
  readonly commission: number;
  readonly time: number;
}

/** A change of one order: what it was that happened, and the trade when it was one. */
export type Changed = (
  order: BinanceOrder,
  what: "NEW" | "TRADE" | "CANCELED" | "EXPIRED",
  trade?: BinanceTrade,
) => void;

export class Refusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const isOpen = (order: BinanceOrder) => order.status === "NEW" || order.status === "PARTIALLY_FILLED";

const FEE = 0.0004;
const DEPOSIT = 1_000_000;
const BAR_MS = 60_000;
/** Bars lie in the past, so that a test may close many of them in a second. */
const BARS_BEFORE_NOW = 20_000;

export class BinanceBook {
  readonly orders: BinanceOrder[] = [];
  readonly trades: BinanceTrade[] = [];
  /** `[open time, open, high, low, close, volume]`; the newest is still being made. */
  readonly bars: number[][] = [];
  /** What limit orders cross against and market orders fill at. */
  price = 100;
  readonly #changed: Changed;

  constructor(changed: Changed) {
    this.#changed = changed;
    const first = Math.floor(Date.now() / BAR_MS - BARS_BEFORE_NOW) * BAR_MS;
    this.bars.push([first, this.price, this.price, this.price, this.price, 0]);
  }

  place(ask: URLSearchParams): BinanceOrder {
    const clientOrderId = ask.get("newClientOrderId")!;
    const quantity = Number(ask.get("quantity"));
    const side = ask.get("side") === "BUY" ? "BUY" : "SELL";
    if (this.orders.some((order) => isOpen(order) && order.clientOrderId === clientOrderId)) {
      throw new Refusal(400, -4116, "ClientOrderId is duplicated.");
    }
    if (quantity > 1_000) throw new Refusal(400, -2019, "Margin is insufficient.");
    const position = this.position(ask.get("symbol")!);
    const reduceOnly = ask.get("reduceOnly") === "true";
    if (reduceOnly && (side === "BUY" ? -position : position) < quantity) {
      throw new Refusal(400, -2022, "ReduceOnly Order is rejected.");
    }
    const order: BinanceOrder = {
      orderId: this.orders.length + 1_000,
      symbol: ask.get("symbol")!,
      clientOrderId,
      side,
      type: ask.get("type")!,
      timeInForce: ask.get("timeInForce") ?? "GTC",
      price: Number(ask.get("price") ?? 0),
      origQty: quantity,
      reduceOnly,
      time: Date.now(),
      executedQty: 0,
      status: "NEW",
    };
    this.orders.push(order);
    this.#changed(order, "NEW");
    if (order.type === "MARKET" || this.#crosses(order)) this.fill(clientOrderId, quantity, this.price);
    else if (order.timeInForce !== "GTC") this.#end(order, "EXPIRED");
    return order;
  }

  find(ask: URLSearchParams, code: number, message: string): BinanceOrder {
    const found = this.orders.findLast(
      (order) => order.clientOrderId === ask.get("origClientOrderId") || String(order.orderId) === ask.get("orderId"),
    );
    if (found === undefined) throw new Refusal(400, code, message);
    return found;
  }

  /** Somebody trades against an order. */
  fill(clientOrderId: string, qty: number, price?: number): void {
    const order = this.orders.findLast((one) => one.clientOrderId === clientOrderId)!;
    order.executedQty = Number((order.executedQty + qty).toFixed(6));
    order.status = order.executedQty >= order.origQty ? "FILLED" : "PARTIALLY_FILLED";
    const { orderId, symbol, side } = order;
    const at = price ?? order.price;
    const id = this.trades.length + 1;
    const trade: BinanceTrade = {
      id,
      orderId,
      symbol,
      side,
      price: at,
      qty,
      commission: qty * at * FEE,
      time: Date.now(),
    };
    this.trades.push(trade);
    this.#changed(order, "TRADE", trade);
  }

  cancel(order: BinanceOrder): void {
    if (!isOpen(order)) throw new Refusal(400, -2011, "Unknown order sent.");
    this.#end(order, "CANCELED");
  }

  cancelAll(symbol: string | null): void {
    for (const order of this.orders) if (isOpen(order) && order.symbol === symbol) this.#end(order, "CANCELED");
  }

  /** The market moves: the forming bar with it, and what rests in its way trades. */
  move(price: number): void {
    this.price = price;
    const bar = this.bars.at(-1)!;
    bar[2] = Math.max(bar[2]!, price);
    bar[3] = Math.min(bar[3]!, price);
    bar[4] = price;
    for (const order of this.orders) {
      if (isOpen(order) && this.#crosses(order)) this.fill(order.clientOrderId, order.origQty - order.executedQty);
    }
  }

  /** The forming bar closes where the market stands, and the next one begins. */
  closeBar(): void {
    this.bars.push([this.bars.at(-1)![0]! + BAR_MS, this.price, this.price, this.price, this.price, 0]);
  }

  position(symbol: string): number {
    const held = this.trades
      .filter((trade) => trade.symbol === symbol)
      .reduce((sum, { side, qty }) => sum + (side === "BUY" ? qty : -qty), 0);
    return Number(held.toFixed(6));
  }

  /** What the account would hold with every position closed at the mark. */
  get marginBalance(): number {
    return this.trades.reduce(
      (sum, { side, qty, price, commission }) =>
        sum + (side === "BUY" ? 1 : -1) * qty * (this.price - price) - commission,
      DEPOSIT,
    );
  }

  #crosses({ side, price, type }: BinanceOrder): boolean {
    return type === "LIMIT" && (side === "BUY" ? price >= this.price : price <= this.price);
  }

  #end(order: BinanceOrder, status: "CANCELED" | "EXPIRED"): void {
    order.status = status;
    this.#changed(order, status);
  }
}
