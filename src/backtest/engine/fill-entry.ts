import type { Account } from "./account.ts";
import { closeLot, EXIT_BY_ORDER } from "./close-lot.ts";
import { refuse } from "./denial.ts";
import { firstStop, setStopLoss, setTakeProfit } from "./exit-orders.ts";
import { given } from "./given.ts";
import type { Lot } from "./lot.ts";
import type { Market } from "./market.ts";
import { costPerLot, lotsOf } from "./sizing.ts";
import { slipped } from "./slipped.ts";
import { BY_FRACTION, BY_LOTS, type Waiting } from "./waiting.ts";

/**
 * Fills an entry order at the quoted price: opposite trades are closed first (netting), the rest opens a trade.
 * Returns the trade it opened. The order leaves the queue unless liquidity left a part of it.
 */
export function fillEntry(
  account: Account,
  market: Market,
  order: Waiting,
  quoted: number,
  maker: boolean,
): Lot | undefined {
  const { rules } = account;
  if (rules.plain && order.plain && !market.holds && account.markets.length === 1) {
    return fillPlainEntry(account, market, order, quoted, maker);
  }
  const sign = order.buy ? 1 : -1;
  if (!rules.quirks.marginAtBarClose) market.mark = quoted;
  const markup = 1 + sign * rules.spread;
  let lots = lotsOf(account, market, order, quoted * markup, quoted);
  let traded = slipped(account, market, sign * lots, quoted, maker);
  if (order.form !== BY_LOTS && traded !== quoted) {
    // A relative size is found without slippage first, because slippage may depend on the size.
    lots = Math.min(lots, lotsOf(account, market, order, traded * markup, quoted));
    traded = slipped(account, market, sign * lots, quoted, maker);
  }
  const price = traded * markup;
  if (!(lots >= 1)) {
    refuse(account, market, order, Number.NaN, order.form === BY_FRACTION ? "INSUFFICIENT_MARGIN" : "SIZE_BELOW_LOT");
    return undefined;
  }
  const asked = order.size;
  order.form = BY_LOTS;
  order.size = lots;

  const fillable = Math.min(lots, market.capacity);
  if (fillable < (order.whole ? lots : 1)) {
    if (order.immediate) market.removeOrder(order);
    return undefined;
  }
  const closed = rules.hedging ? 0 : closeOpposite(account, market, order, fillable, traded, maker);
  market.capacity -= closed;
  const wanted = lots - closed;
  let opened: Lot | undefined;
  let left = wanted;
  if (wanted > 0 && !order.reduceOnly) {
    const perLot = costPerLot(account, market, rules.quirks.fixedFeePerUnit ? asked : wanted, price, quoted);
    if (wanted * perLot > account.freeEquity() * rules.leverage) {
      refuse(account, market, order, wanted, "INSUFFICIENT_MARGIN");
      if (closed > 0 && order.oco !== undefined) cancelSiblings(account, order.oco);
      return undefined;
    }
    const opening = fillable - closed;
    market.capacity -= opening;
    if (opening > 0) opened = openTrade(account, market, order, opening, price, maker);
    left = wanted - opening;
  } else if (order.reduceOnly && !holdsOpposite(market, sign)) {
    left = 0;
  }
  if (order.oco !== undefined) cancelSiblings(account, order.oco, order);
  order.size = left;
  if (left === 0 || order.immediate) market.removeOrder(order);
  return opened;
}

/** The same for the usual case: a size in units, nothing held, and no model that would change price or size. */
function fillPlainEntry(
  account: Account,
  market: Market,
  order: Waiting,
  quoted: number,
  maker: boolean,
): Lot | undefined {
  const lots = order.size;
  const price = quoted * (1 + (order.buy ? account.rules.spread : -account.rules.spread));
  const perLot = costPerLot(account, market, lots, price, quoted);
  if (lots * perLot > Math.max(0, account.cash) * account.rules.leverage) {
    refuse(account, market, order, lots, "INSUFFICIENT_MARGIN");
    return undefined;
  }
  const lot = openTrade(account, market, order, lots, price, maker);
  market.removeOrder(order);
  return lot;
}

function openTrade(account: Account, market: Market, order: Waiting, lots: number, price: number, maker: boolean): Lot {
  const sign = order.buy ? 1 : -1;
  const value = lots * price * market.lotValue;
  const fee = account.chargePart(lots * market.lotSize, value, maker);
  account.cash -= fee;
  const lot = market.openLot(account.nextLotSerial(), sign, lots, price);
  lot.entryFee = fee;
  lot.entryBar = market.bar;
  lot.entryTime = market.time;
  lot.tag = order.tag;
  lot.detailed = order.tag !== undefined || given(market.time);
  lot.trail = order.trail;
  lot.trailFraction = order.trailFraction;
  if (lot.follows) market.follows = true;
  if (given(order.tp)) setTakeProfit(account, market, lot, order.tp);
  const stop = firstStop(lot, order.sl);
  if (given(stop)) setStopLoss(account, market, lot, stop);
  return lot;
}

/** Closes trades on the other side, oldest first, with up to `lots`; returns how many lots that took. */
function closeOpposite(
  account: Account,
  market: Market,
  order: Waiting,
  lots: number,
  price: number,
  maker: boolean,
): number {
  const sign = order.buy ? 1 : -1;
  let left = lots;
  for (let lot = market.firstLot; lot !== undefined && left > 0; ) {
    const { next } = lot;
    if (lot.sign !== sign) {
      const part = Math.min(left, lot.lots);
      closeLot(account, market, lot, part, price, maker, EXIT_BY_ORDER);
      left -= part;
    }
    lot = next;
  }
  return lots - left;
}

/** Whether anything is held on the other side. */
function holdsOpposite(market: Market, sign: number): boolean {
  for (let lot = market.firstLot; lot !== undefined; lot = lot.next) if (lot.sign !== sign) return true;
  return false;
}

/** Cancels the waiting entries of a one-cancels-other group, except `filled`. */
function cancelSiblings(account: Account, group: string, filled?: Waiting): void {
  for (const market of account.markets) {
    for (const order of market.orders()) {
      if (order !== filled && order.oco === group) market.removeOrder(order);
    }
  }
}
