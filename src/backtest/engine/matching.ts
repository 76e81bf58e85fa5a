import { limitPrice, stopHit, stopLimitPrice, stopPrice } from "../fills.ts";
import type { Account } from "./account.ts";
import { closeLot, EXIT_BY_CLOSE } from "./close-lot.ts";
import { endOfDay } from "./day-end.ts";
import { setStopLoss, trailDistance } from "./exit-orders.ts";
import { fillEntry } from "./fill-entry.ts";
import { given } from "./given.ts";
import type { Market } from "./market.ts";
import { slipped } from "./slipped.ts";
import { timeOf } from "./time-of.ts";
import { CLOSE, ENTRY, type Waiting } from "./waiting.ts";

/** `until` of a day order whose day has not begun yet. */
export const FIRST_DAY = -Infinity;

/** Matches the waiting orders of a market against its bar `index`. */
export function matchBar(account: Account, market: Market, index: number): void {
  market.matching = true;
  if (account.rules.fillAtClose && index > 0 && !account.rules.quirks.closeFillsLate) {
    matchAtClose(account, market, index - 1);
  }
  standOn(account, market, index);
  const stop = market.finer === undefined ? 0 : firstFinerAfter(market, index);
  if (stop > market.finerNext) matchFiner(account, market, stop);
  else matchOnce(account, market);
  if (market.follows) followBest(market, account);
  market.endMatching();
}

/** With `fill: "close"`: fills market orders at the close of bar `index`, on which they were made (or which latency led to). */
export function matchAtClose(account: Account, market: Market, index: number): void {
  const { columns } = market;
  standOn(account, market, index);
  market.mark = columns.close[index]!;
  for (let order = market.firstOrder; order !== undefined; order = order.next) {
    const atMarket = order.role <= CLOSE && !given(order.stop) && !given(order.limit);
    const reached = order.activeBar <= index + 1 && order.endBar > index + 1;
    if (order.id !== 0 && atMarket && reached) fill(account, market, order, market.mark, false);
  }
}

/** Makes bar `index` the one being matched. */
function standOn(account: Account, market: Market, index: number): void {
  const { columns } = market;
  market.bar = index;
  market.open = columns.open[index]!;
  market.mark = account.rules.quirks.marginAtBarClose ? columns.close[index]! : market.open;
  const { volumeShare } = account.rules;
  if (volumeShare === Infinity || market.capacityBar === index) return;
  market.capacityBar = index;
  market.capacity = Math.floor((volumeShare * columns.volume[index]!) / market.lotSize);
}

/** Matches the finer bars of the bar being matched one after the other. */
function matchFiner(account: Account, market: Market, stop: number): void {
  const finer = market.finer!;
  for (; market.finerNext < stop; market.finerNext++) {
    const at = market.finerNext;
    market.time = finer.time[at]!;
    market.open = finer.open[at]!;
    market.high = finer.high[at]!;
    market.low = finer.low[at]!;
    matchOnce(account, market);
  }
  market.time = Number.NaN;
}

/** The first finer bar that lies after bar `index`; finer bars before the bar begins are passed over. */
function firstFinerAfter(market: Market, index: number): number {
  const { time } = market.columns;
  const finer = market.finer!.time;
  const begin = time[index]!;
  const end = index + 1 < time.length ? time[index + 1]! : Infinity;
  while (market.finerNext < finer.length && finer[market.finerNext]! < begin) market.finerNext += 1;
  let stop = market.finerNext;
  while (stop < finer.length && finer[stop]! < end) stop += 1;
  return stop;
}

/** One pass over the queue, and a second over the brackets of trades that it opened at the market. */
function matchOnce(account: Account, market: Market): void {
  const { rematchAll } = account.rules.quirks;
  do {
    market.freshLots = 0;
    // Orders that the pass itself makes are not looked at in it.
    const last = account.lastOrderId;
    for (let order = market.firstOrder; order !== undefined; order = order.next) {
      const { id } = order;
      if (id !== 0 && id <= last && order.activeBar <= market.bar) consider(account, market, order);
    }
  } while (rematchAll && market.freshLots > 0);
  if (market.freshLots === 0) return;
  for (let order = market.firstOrder; order !== undefined; order = order.next) {
    if (order.id !== 0 && order.lot?.fresh) consider(account, market, order);
  }
  for (let lot = market.firstLot; lot !== undefined; lot = lot.next) lot.fresh = false;
}

/** What the bar does to one order: nothing, a trigger, a fill or its end. */
function consider(account: Account, market: Market, order: Waiting): void {
  if (
    market.bar >= order.endBar ||
    (order.until < Infinity && hasExpired(order, timeOf(market), account.rules.timezone))
  ) {
    market.removeOrder(order);
    return;
  }
  const { stop, limit, buy } = order;
  const { open } = market;
  const { rules } = account;
  if (given(stop)) {
    const high = highOf(market);
    const low = lowOf(market);
    if (!stopHit(buy, stop, high, low)) return;
    order.stop = Number.NaN;
    if (!given(limit)) {
      const late = rules.fillAtClose && rules.quirks.closeFillsLate && order.role === ENTRY;
      const first = late ? market.columns.close[market.bar - 1]! : open;
      fill(account, market, order, stopPrice(buy, stop, first), false, stop);
      return;
    }
    const { stopLimitGapAtStop } = rules.quirks;
    const price = stopLimitPrice(buy, stop, limit, open, high, low, rules.limitThrough, stopLimitGapAtStop);
    if (given(price)) fill(account, market, order, price, false, stop);
    return;
  }
  if (given(limit)) {
    const reach = order.immediate ? open : buy ? lowOf(market) : highOf(market);
    const price = limitPrice(buy, limit, open, reach, reach, rules.limitThrough && !order.immediate);
    if (given(price)) fill(account, market, order, price, price === limit || market.bar > order.activeBar);
    else if (order.immediate) market.removeOrder(order);
    return;
  }
  if (!rules.fillAtClose || order.role > CLOSE) fill(account, market, order, open, false);
  else if (rules.quirks.closeFillsLate) fillAtPreviousClose(account, market, order);
}

/** The reference's way to fill at the close: one bar later, in queue order, at the previous close. */
function fillAtPreviousClose(account: Account, market: Market, order: Waiting): void {
  market.bar -= 1;
  fill(account, market, order, market.columns.close[market.bar]!, false);
  market.bar += 1;
}

/** Fills an order at the quoted price; `stop` is the price that triggered it. */
function fill(
  account: Account,
  market: Market,
  order: Waiting,
  quoted: number,
  maker: boolean,
  stop = Number.NaN,
): void {
  account.beginFill();
  if (order.role !== ENTRY) {
    fillExit(account, market, order, quoted, maker);
    return;
  }
  const { sl, tp, limit } = order;
  const lot = fillEntry(account, market, order, quoted, maker);
  if (lot === undefined) return;
  const atMarket = !given(stop) && !given(limit);
  const bracketed = lot.slOrder !== undefined || lot.tpOrder !== undefined;
  if (bracketed && (atMarket || (!given(limit) && onlyTakesProfit(market, lot.sign, sl, tp)))) {
    lot.fresh = true;
    market.freshLots += 1;
  }
  lot.best = atMarket ? lot.best : Number.NaN;
}

function fillExit(account: Account, market: Market, order: Waiting, quoted: number, maker: boolean): void {
  const lot = order.lot!;
  const wanted = order.role === CLOSE ? Math.min(order.size, lot.lots) : lot.lots;
  const lots = Math.min(wanted, market.capacity);
  if (lots < 1) return;
  market.capacity -= lots;
  if (!account.rules.quirks.marginAtBarClose) market.mark = quoted;
  const price = slipped(account, market, -lot.sign * lots, quoted, maker);
  const reason = order.role === CLOSE ? EXIT_BY_CLOSE : order.role;
  closeLot(account, market, lot, lots, price, maker, reason);
  if (order.role !== CLOSE || order.id === 0) return;
  order.size -= lots;
  if (order.size === 0) market.removeOrder(order);
}

/** Whether a bar that filled a stop entry also holds its take-profit but not its stop-loss: the order of both is sure. */
function onlyTakesProfit(market: Market, sign: number, sl: number, tp: number): boolean {
  const high = highOf(market);
  const low = lowOf(market);
  return sign > 0 ? tp <= high && !(sl >= low) : tp >= low && !(sl <= high);
}

/** Read from the columns only when an order needs them: bars of market orders alone never do. */
function highOf(market: Market): number {
  return given(market.time) ? market.high : market.columns.high[market.bar]!;
}

function lowOf(market: Market): number {
  return given(market.time) ? market.low : market.columns.low[market.bar]!;
}

function hasExpired(order: Waiting, time: number, zone: string): boolean {
  if (order.until === FIRST_DAY) order.until = endOfDay(time, zone);
  return time > order.until;
}

/** Moves stop-losses that follow the price, for the bars to come. */
function followBest(market: Market, account: Account): void {
  for (let lot = market.firstLot; lot !== undefined; lot = lot.next) {
    if (!lot.follows) continue;
    const { bar, columns } = market;
    if (!given(lot.best)) {
      // Entered within the bar: of what came before the entry, only the close is known to have come after it.
      const close = columns.close[bar]!;
      lot.best = lot.sign > 0 ? Math.max(lot.entryPrice, close) : Math.min(lot.entryPrice, close);
    } else {
      lot.best = lot.sign > 0 ? Math.max(lot.best, columns.high[bar]!) : Math.min(lot.best, columns.low[bar]!);
    }
    const stop = lot.best - lot.sign * trailDistance(lot);
    if (!given(lot.sl) || (stop - lot.sl) * lot.sign > 0) setStopLoss(account, market, lot, stop);
  }
}
