// How one order meets one bar. Pure: the backtest and the paper venue both fill by these functions.

/** What of a bar matters to an order. */
export interface PriceBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
}

/** An order at the market. Neither price: market order. Both: stop-limit, of which `triggered` says that it rests as a limit. */
export interface RestingOrder {
  readonly side: "buy" | "sell";
  readonly limit?: number | undefined;
  readonly stop?: number | undefined;
  readonly triggered?: boolean;
}

export interface FillRules {
  /** A limit fills only when the price trades through it, not when it touches. Default false. */
  readonly limitThrough?: boolean;
  /** A stop-limit whose stop the bar gapped past fills at the stop, outside the bar, as backtesting.py does. Default false. */
  readonly stopLimitGapAtStop?: boolean;
}

export type Match =
  /** Nothing happens in this bar. */
  | { readonly kind: "none" }
  /** A stop-limit order is now a limit order, from the next bar on. */
  | { readonly kind: "triggered" }
  /** It fills, as far as there is liquidity. `maker`: it rested and was met at its own price. */
  | { readonly kind: "filled"; readonly price: number; readonly maker: boolean };

const NONE: Match = { kind: "none" };
const TRIGGERED: Match = { kind: "triggered" };

/** What one bar does to one order. */
export function matchOrder(order: RestingOrder, bar: PriceBar, rules: FillRules = {}): Match {
  const { open, high, low } = bar;
  const { limit, triggered = false } = order;
  const buy = order.side === "buy";
  const through = rules.limitThrough ?? false;
  const stop = triggered ? undefined : order.stop;
  if (stop === undefined) {
    if (limit === undefined) return { kind: "filled", price: open, maker: false };
    const price = limitPrice(buy, limit, open, high, low, through);
    return Number.isNaN(price) ? NONE : { kind: "filled", price, maker: price === limit };
  }
  if (!stopHit(buy, stop, high, low)) return NONE;
  if (limit === undefined) return { kind: "filled", price: stopPrice(buy, stop, open), maker: false };
  const price = stopLimitPrice(buy, stop, limit, open, high, low, through, rules.stopLimitGapAtStop ?? false);
  return Number.isNaN(price) ? TRIGGERED : { kind: "filled", price, maker: false };
}

/** Whether the bar reaches the stop. */
export function stopHit(buy: boolean, stop: number, high: number, low: number): boolean {
  return buy ? high >= stop : low <= stop;
}

/** The price of a stop that was hit: the stop, or the open when the bar gaps past it. */
export function stopPrice(buy: boolean, stop: number, open: number): number {
  return buy ? Math.max(open, stop) : Math.min(open, stop);
}

/** The price at which a limit fills: the better of open and limit. NaN when the bar does not reach it. */
export function limitPrice(
  buy: boolean,
  limit: number,
  open: number,
  high: number,
  low: number,
  through: boolean,
): number {
  if (buy) return (through ? low < limit : low <= limit) ? Math.min(open, limit) : Number.NaN;
  return (through ? high > limit : high >= limit) ? Math.max(open, limit) : Number.NaN;
}

/**
 * The price at which a stop-limit fills in the bar that hits its stop; NaN when it only becomes a limit order.
 * A limit that lies on the wrong side of the stop is taken to have been passed before the stop was hit.
 */
export function stopLimitPrice(
  buy: boolean,
  stop: number,
  limit: number,
  open: number,
  high: number,
  low: number,
  through: boolean,
  gapAtStop: boolean,
): number {
  if (buy ? limit <= stop : limit >= stop) return Number.NaN;
  const atStop = gapAtStop ? stop : stopPrice(buy, stop, open);
  return limitPrice(buy, limit, atStop, high, low, through);
}
