import type { OrderId, OrderRequest, Size } from "../../strategy/broker.ts";
import type { DenialCode } from "../result.ts";
import type { Account } from "./account.ts";
import { checkRequest } from "./check-request.ts";
import { recordDenial } from "./denial.ts";
import { given } from "./given.ts";
import type { Market } from "./market.ts";
import { FIRST_DAY } from "./matching.ts";
import { deniedByRisk } from "./risk.ts";
import { positiveOrNone, StrategyFault } from "./strategy-fault.ts";
import { cancelOrder, orderClose } from "./views.ts";
import { BY_FRACTION, BY_LOTS, BY_NOTIONAL, BY_RISK, ENTRY, STOP_LOSS, type Waiting } from "./waiting.ts";

/** All free equity, less the least amount that rounding could overshoot. */
const ALL = 1 - 2 ** -52;
/** Sizes within this of a whole number of lots count as lying on it. */
const LOT_TOLERANCE = 1e-9;

/** Puts an entry order into the queue, or records why it may not. Throws StrategyFault when it makes no sense. */
export function submitOrder(account: Account, market: Market, buy: boolean, request: OrderRequest): OrderId {
  checkRequest(request);
  const id = account.nextOrderId();
  const order = market.blankOrder(id);
  const { index } = market.bars.cursor;
  order.role = ENTRY;
  order.buy = buy;
  order.madeBar = index;
  order.activeBar = index + 1 + account.rules.latencyBars;
  order.limit = positiveOrNone(request.limit, "limit");
  order.stop = positiveOrNone(request.stop, "stop");
  order.sl = positiveOrNone(request.sl, "sl");
  order.tp = positiveOrNone(request.tp, "tp");
  order.trail = positiveOrNone(request.trail, "trail");
  order.trailFraction = positiveOrNone(request.trailFraction, "trailFraction");
  order.reduceOnly = request.reduceOnly ?? false;
  order.oco = request.oco;
  order.tag = request.tag;
  takeSize(order, market, request.size);
  takeTimeInForce(order, request);
  order.plain = order.form === BY_LOTS && order.oco === undefined && !order.reduceOnly;

  const denial = objection(account, market, order);
  if (denial !== undefined) {
    market.bar = index;
    recordDenial(account, market, order, order.form === BY_LOTS ? order.size : Number.NaN, denial);
    market.dropOrder(order);
    return id as OrderId;
  }
  if (account.rules.exclusive) clearTheWay(account, market);
  market.putLast(order);
  return id as OrderId;
}

function takeSize(order: Waiting, market: Market, size: Size | undefined): void {
  if (size === undefined) {
    order.form = BY_FRACTION;
    order.size = ALL;
  } else if (typeof size === "number") {
    order.form = BY_LOTS;
    order.size = wholeLots(sizeNumber(size, "size") / market.lotSize);
  } else if ("lots" in size) {
    order.form = BY_LOTS;
    order.size = wholeLots(sizeNumber(size.lots, "lots"));
  } else if ("fraction" in size) {
    order.form = BY_FRACTION;
    if (size.fraction > 1) throw new StrategyFault("SIZE_INVALID", `fraction is at most 1, not ${size.fraction}`);
    order.size = Math.min(sizeNumber(size.fraction, "fraction"), ALL);
  } else if ("notional" in size) {
    order.form = BY_NOTIONAL;
    order.size = sizeNumber(size.notional, "notional");
  } else {
    order.form = BY_RISK;
    order.size = sizeNumber(size.risk, "risk");
    const stops = order.sl > 0 || order.trail > 0 || order.trailFraction > 0;
    if (!stops)
      throw new StrategyFault("SIZE_INVALID", "a size by risk needs a stop-loss (sl, trail or trailFraction)");
  }
}

function sizeNumber(size: number, what: string): number {
  if (size > 0 && size < Infinity) return size;
  throw new StrategyFault("SIZE_INVALID", `${what} must be a positive number, not ${size}`);
}

function wholeLots(lots: number): number {
  const nearest = Math.round(lots);
  return Math.abs(lots - nearest) <= LOT_TOLERANCE * nearest ? nearest : Math.floor(lots);
}

function takeTimeInForce(order: Waiting, request: OrderRequest): void {
  order.whole = false;
  switch (request.timeInForce) {
    case undefined:
    case "gtc":
      order.until = Infinity;
      order.immediate = false;
      return;
    case "day":
      order.until = FIRST_DAY;
      order.immediate = false;
      return;
    case "gtd":
      order.until = positiveOrNone(request.until, "until");
      order.immediate = false;
      if (!(order.until > 0)) throw new StrategyFault("ORDER_INVALID", "a gtd order needs `until`");
      return;
    default:
      if (given(order.stop)) {
        throw new StrategyFault("ORDER_INVALID", `a stop order cannot be ${request.timeInForce}`);
      }
      order.until = Infinity;
      order.immediate = true;
      order.whole = request.timeInForce === "fok";
  }
}

function objection(account: Account, market: Market, order: Waiting): DenialCode | undefined {
  if (order.form === BY_LOTS && order.size < 1) return "SIZE_BELOW_LOT";
  if (bracketOnWrongSide(account, market, order)) return "BRACKET_WRONG_SIDE";
  const checked = account.checks.length > 0 || account.registry !== undefined;
  return checked ? deniedByRisk(account, market, order) : undefined;
}

function bracketOnWrongSide(account: Account, market: Market, { buy, limit, stop, sl, tp }: Waiting): boolean {
  if (!given(sl) && !given(tp)) return false;
  const atMarket = market.bars.close.now * (1 + (buy ? 1 : -1) * account.rules.spread);
  const entry = given(limit) ? limit : given(stop) ? stop : atMarket;
  return buy ? sl >= entry || tp <= entry : sl <= entry || tp >= entry;
}

/** For `exclusive`: cancels what waits to enter or to close, and closes what is open. */
function clearTheWay(account: Account, market: Market): void {
  const { skipsEverySecond } = account.rules.quirks;
  let passOver = false;
  for (const order of market.orders()) {
    if (passOver) passOver = false;
    else if (order.role < STOP_LOSS) {
      cancelOrder(account, market, order);
      passOver = skipsEverySecond;
    }
  }
  for (const lot of market.openLots()) orderClose(account, market, lot, 1);
}
