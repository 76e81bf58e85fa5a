import type { Brand } from "../core/ids.ts";

/** Names an order within one run. */
export type OrderId = Brand<number, "OrderId">;

export type Side = "buy" | "sell";

/** How long an order waits: until cancelled, to the end of the day, to a time, or only at once (in part or wholly). */
export type TimeInForce = "gtc" | "day" | "gtd" | "ioc" | "fok";

/**
 * How much to buy or sell: a number is units. `fraction` is of the free equity after costs, `notional` is in cash,
 * `risk` is the fraction of equity lost if the stop-loss is hit. All are rounded down to the instrument's lot.
 */
export type Size =
  | number
  | { readonly lots: number }
  | { readonly fraction: number }
  | { readonly notional: number }
  | { readonly risk: number };

/** An order as a strategy asks for it. Neither `limit` nor `stop`: a market order. Both: a stop-limit order. */
export interface OrderRequest {
  /** Without a size: all free equity. */
  readonly size?: Size;
  readonly limit?: number;
  readonly stop?: number;
  /** Stop-loss and take-profit prices of the trade this order opens. They cancel one another. */
  readonly sl?: number;
  readonly tp?: number;
  /** A stop-loss that follows the best price at this distance, in price. */
  readonly trail?: number;
  /** A stop-loss that follows the best price at this distance, as a fraction of it: 0.05 is 5 %. */
  readonly trailFraction?: number;
  readonly timeInForce?: TimeInForce;
  /** For `gtd`: the last moment, milliseconds since the epoch. */
  readonly until?: number;
  /** Orders with the same text cancel one another: the first that fills wins. */
  readonly oco?: string;
  /** Only closes; never opens or enlarges a position. */
  readonly reduceOnly?: boolean;
  /** Comes back on the trade. */
  readonly tag?: string;
}

/** An order that waits to be filled. */
export interface WaitingOrder {
  readonly id: OrderId;
  readonly side: Side;
  /** Units still to fill, always positive; NaN while a relative size is not known yet. */
  readonly size: number;
  readonly limit: number | undefined;
  readonly stop: number | undefined;
  readonly tag: string | undefined;
  /** Bar at whose close it was made. */
  readonly bar: number;
  /** Stop-losses, take-profits and closes belong to a trade; entries do not. */
  readonly closes: boolean;
  cancel(): void;
}

/** A trade that is open. */
export interface OpenTrade {
  /** Units: positive when long, negative when short. */
  readonly size: number;
  readonly entryBar: number;
  readonly entryTime: number;
  readonly entryPrice: number;
  readonly tag: string | undefined;
  /** Profit at the last close, before costs of closing. */
  readonly pnl: number;
  /** Setting a stop-loss or take-profit replaces its order; undefined removes it, and ends a stop-loss that follows. */
  sl: number | undefined;
  tp: number | undefined;
  /** Closes it, or a portion in (0, 1], at the next opportunity. */
  close(portion?: number): void;
}

/** What is held of one instrument. */
export interface PositionView {
  /** Units: positive when long, negative when short, 0 when flat. */
  readonly size: number;
  readonly isFlat: boolean;
  readonly isLong: boolean;
  readonly isShort: boolean;
  /** Average entry price, NaN when flat. */
  readonly averagePrice: number;
  /** Profit at the last close, before costs of closing. */
  readonly pnl: number;
}

/** Trading in one instrument. What is ordered at a bar's close is seen by the market from the next bar on. */
export interface InstrumentBroker {
  readonly symbol: string;
  readonly position: PositionView;
  /** Waiting orders, in the order in which they will be looked at. */
  readonly orders: readonly WaitingOrder[];
  /** Open trades, oldest first. */
  readonly trades: readonly OpenTrade[];
  buy(request?: OrderRequest): OrderId;
  sell(request?: OrderRequest): OrderId;
  /** Closes every open trade, or a portion in (0, 1] of each, by market order. */
  close(portion?: number): void;
  /** Cancels one waiting order; false when it no longer waits. */
  cancel(id: OrderId): boolean;
  /** Cancels all waiting entry orders; stop-losses, take-profits and closes stay. */
  cancelEntries(): void;
}

/** What a strategy trades through, in a backtest and live alike. Its own methods are the first instrument's. */
export interface Broker extends InstrumentBroker {
  /** Cash and unrealised profit at the last close. */
  readonly equity: number;
  readonly cash: number;
  /** Equity that no open position ties up. */
  readonly freeEquity: number;
  /** Another instrument of the run. Throws when there is none of that symbol. */
  on(symbol: string): InstrumentBroker;
}
