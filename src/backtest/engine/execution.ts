import type { DenialCode } from "../result.ts";
import type { Account } from "./account.ts";
import { given } from "./given.ts";
import type { Lot } from "./lot.ts";
import type { Market } from "./market.ts";
import { costPerLot, lotsOf } from "./sizing.ts";
import {
  COMMISSION,
  ENTRY_BAR,
  ENTRY_PRICE,
  ENTRY_TIME,
  EXIT_BAR,
  EXIT_PRICE,
  EXIT_TIME,
  FINANCING,
  ORIGIN,
  PNL,
  REASONS,
  SIZE,
  SL,
  TP,
} from "./trade-log.ts";
import { BY_FRACTION, BY_LOTS, STOP_LOSS, TAKE_PROFIT, type Waiting } from "./waiting.ts";

/** Indices into EXIT_REASONS. */
export const EXIT_BY_ORDER = 0;
export const EXIT_BY_CLOSE = 1;
export const EXIT_BY_LIQUIDATION = 4;
export const EXIT_AT_END = 5;

/** Closes `lots` of an open trade at `price` and books it. */
export function closeLot(
  account: Account,
  market: Market,
  lot: Lot,
  lots: number,
  price: number,
  maker: boolean,
  reason: number,
): void {
  const { quirks } = account.rules;
  const units = lots * market.lotSize;
  const value = lots * price * market.lotValue;
  const fee = account.chargePart(units, value, maker);
  const gross = lot.sign * lots * (price - lot.entryPrice) * market.lotValue;
  account.cash += gross - fee;
  const whole = lots === lot.lots;
  const entryFee = whole ? lot.entryFee : (lot.entryFee * lots) / lot.lots;
  const financing = whole ? lot.financing : (lot.financing * lots) / lot.lots;
  const reported = quirks.entryFeePerPart
    ? account.rules.commission(units, lots * lot.entryPrice * market.lotValue, false, 0)
    : entryFee;

  const { log } = account;
  const at = log.nextRow();
  const { rows } = log;
  rows[at + ENTRY_BAR] = lot.entryBar;
  rows[at + EXIT_BAR] = market.bar;
  rows[at + ENTRY_PRICE] = lot.entryPrice;
  rows[at + EXIT_PRICE] = price;
  rows[at + SIZE] = lot.sign * units;
  rows[at + PNL] = gross - fee - reported - financing;
  rows[at + COMMISSION] = fee + reported;
  rows[at + ORIGIN] = market.index * REASONS + reason;
  if (lot.detailed || financing !== 0) logDetails(account, market, lot, financing);

  lot.entryFee -= entryFee;
  lot.financing -= financing;
  market.reduceLot(lot, lots);
}

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

/** The price after slippage of `lots` (signed). Orders that rest at their price have none. */
export function slipped(account: Account, market: Market, lots: number, price: number, maker: boolean): number {
  const { slippage } = account.rules;
  return slippage === undefined || maker
    ? price
    : slippage(lots * market.lotSize, price, market.columns.volume[market.bar]!);
}

/** The moment that is being matched: the bar's time, or that of the finer bar within it. */
export function timeOf(market: Market): number {
  return given(market.time) ? market.time : market.columns.time[market.bar]!;
}

/** Puts on record why an order may not fill. `lots` NaN when it never had a size. */
export function recordDenial(account: Account, market: Market, order: Waiting, lots: number, code: DenialCode): void {
  account.denials.push({
    bar: market.bar,
    time: timeOf(market),
    symbol: market.symbol,
    code,
    side: order.buy ? "buy" : "sell",
    size: lots * market.lotSize,
    ...(order.tag !== undefined && { tag: order.tag }),
  });
}

/** Takes a waiting order out and puts the reason on record. */
function refuse(account: Account, market: Market, order: Waiting, lots: number, code: DenialCode): void {
  recordDenial(account, market, order, lots, code);
  market.removeOrder(order);
}

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

/** The stop-loss at entry: the one asked for, or the one that follows when that is nearer. */
function firstStop(lot: Lot, asked: number): number {
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

/** Adds to the newest trade of the log what only some trades have. */
function logDetails({ log }: Account, market: Market, lot: Lot, financing: number): void {
  if (lot.tag !== undefined) log.tags.set(log.length - 1, lot.tag);
  const at = log.detailsOfNewest();
  const { details } = log;
  details[at + SL] = lot.sl;
  details[at + TP] = lot.tp;
  details[at + FINANCING] = financing;
  details[at + ENTRY_TIME] = lot.entryTime;
  details[at + EXIT_TIME] = market.time;
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
