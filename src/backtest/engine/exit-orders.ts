import type { Account } from "./account.ts";
import { given } from "./given.ts";
import type { Lot } from "./lot.ts";
import type { Market } from "./market.ts";
import { BY_LOTS, STOP_LOSS, TAKE_PROFIT, type Waiting } from "./waiting.ts";

/**
 * Puts the stop-loss of an open trade at `price`, NaN for none. The new order goes to the front of the queue. It takes
 * the old one's place from bar `fromBar` on; 0 is at once, within the bar being matched.
 */
export function setStopLoss(account: Account, market: Market, lot: Lot, price: number, fromBar = 0): void {
  if (lot.slOrder !== undefined) endExit(market, lot.slOrder, fromBar);
  lot.sl = price;
  lot.detailed = true;
  if (!given(price)) return;
  const order = exitOrder(account, market, lot);
  order.role = STOP_LOSS;
  order.stop = price;
  order.activeBar = fromBar;
  lot.slOrder = order;
  market.putFirst(order);
}

/** Puts the take-profit of an open trade at `price`, NaN for none; as `setStopLoss` does, but last in the queue. */
export function setTakeProfit(account: Account, market: Market, lot: Lot, price: number, fromBar = 0): void {
  if (lot.tpOrder !== undefined) endExit(market, lot.tpOrder, fromBar);
  lot.tp = price;
  lot.detailed = true;
  if (!given(price)) return;
  const order = exitOrder(account, market, lot);
  order.role = TAKE_PROFIT;
  order.limit = price;
  order.activeBar = fromBar;
  lot.tpOrder = order;
  market.putLast(order);
}

function endExit(market: Market, order: Waiting, fromBar: number): void {
  if (fromBar > market.bars.cursor.index + 1) market.endOrder(order, fromBar);
  else market.removeOrder(order);
}

/** A blank order that closes an open trade. */
export function exitOrder(account: Account, market: Market, lot: Lot): Waiting {
  const order = market.blankOrder(account.nextOrderId());
  order.buy = lot.sign < 0;
  order.lot = lot;
  order.form = BY_LOTS;
  order.size = lot.lots;
  order.limit = Number.NaN;
  order.stop = Number.NaN;
  order.madeBar = market.bar;
  order.activeBar = 0;
  order.until = Infinity;
  order.immediate = false;
  order.tag = lot.tag;
  return order;
}

/** The stop-loss at entry: the one asked for, or the one that follows when that is nearer. */
export function firstStop(lot: Lot, asked: number): number {
  lot.best = lot.entryPrice;
  const distance = trailDistance(lot);
  if (!given(distance)) return asked;
  const trailing = lot.best - lot.sign * distance;
  if (!given(asked)) return trailing;
  return lot.sign > 0 ? Math.max(asked, trailing) : Math.min(asked, trailing);
}

/** How far a stop-loss stays behind the best price; NaN when it does not follow. */
export function trailDistance(lot: Lot): number {
  return given(lot.trail) ? lot.trail : lot.trailFraction * lot.best;
}
