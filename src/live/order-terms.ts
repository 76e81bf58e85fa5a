import type { OrderRequest, Size } from "../strategy/broker.ts";
import { type Instrument, type Lots, lots, type Rounding, roundToLots, roundToTicks } from "../trading/instrument.ts";
import type { ExitLevels } from "../trading/intent.ts";
import type { OrderTerms, Side } from "../trading/order.ts";
import { FEE_RATIO, UNPRICED_SLIP } from "../trading/risk/exposure.ts";

/** By what relative sizes are counted: the last close, and the account's money in its currency; NaN while unknown. */
export interface Means {
  readonly close: number;
  readonly equity: number;
  readonly freeEquity: number;
}

/** What a strategy asks for, in whole ticks and lots. Entries never pay more than asked for, by rounding. */
export function termsOf(instrument: Instrument, side: Side, request: OrderRequest, means: Means): OrderTerms {
  const { limit, stop } = request;
  const limitRounding: Rounding = side === "buy" ? "down" : "up";
  return {
    instrument: instrument.id,
    side,
    type: typeOf(request),
    quantity: quantityOf(instrument, side, request, means),
    ...(limit === undefined ? {} : { limit: roundToTicks(instrument, limit, limitRounding) }),
    ...(stop === undefined ? {} : { stop: roundToTicks(instrument, stop, "nearest") }),
    timeInForce: request.timeInForce ?? "gtc",
    ...(request.until === undefined ? {} : { expiresAt: request.until }),
    reduceOnly: request.reduceOnly === true,
  };
}

/** The exits that are to follow the entry. A stop-loss is never further away than asked for, a take-profit never less. */
export function exitsOf(
  instrument: Instrument,
  side: Side,
  request: OrderRequest,
  close: number,
): ExitLevels | undefined {
  const { sl, tp, trail, trailFraction } = request;
  const distance =
    trail ?? (trailFraction === undefined ? undefined : trailFraction * (request.limit ?? request.stop ?? close));
  if (sl === undefined && tp === undefined && distance === undefined) return undefined;
  return {
    ...(sl === undefined ? {} : { stopLoss: roundToTicks(instrument, sl, side === "buy" ? "up" : "down") }),
    ...(tp === undefined ? {} : { takeProfit: roundToTicks(instrument, tp, side === "buy" ? "up" : "down") }),
    ...(distance === undefined ? {} : { trail: roundToTicks(instrument, distance, "up") }),
  };
}

function typeOf({ limit, stop }: OrderRequest): OrderTerms["type"] {
  if (limit === undefined) return stop === undefined ? "market" : "stop";
  return stop === undefined ? "limit" : "stop-limit";
}

/** Rounded down. Relative sizes leave room for the reservation that the risk checks make. */
function quantityOf(instrument: Instrument, side: Side, request: OrderRequest, means: Means): Lots {
  const price = request.limit ?? request.stop ?? means.close;
  const size: Size = request.size ?? { fraction: 1 };
  if (typeof size === "number") return wholeLots(instrument, size);
  if ("lots" in size) return lots(Math.floor(size.lots));
  const slip = request.limit === undefined ? 1 + UNPRICED_SLIP : 1;
  const perUnit = price * instrument.multiplier;
  const reserved = perUnit * slip * (1 + FEE_RATIO);
  if ("notional" in size) return wholeLots(instrument, size.notional / perUnit);
  if ("fraction" in size) return wholeLots(instrument, (means.freeEquity * Math.min(size.fraction, 1)) / reserved);
  const distance = Math.abs(price - (request.sl ?? Number.NaN)) * instrument.multiplier;
  const byRisk = (means.equity * size.risk) / distance;
  return wholeLots(instrument, side === "buy" ? Math.min(byRisk, means.freeEquity / reserved) : byRisk);
}

function wholeLots(instrument: Instrument, quantity: number): Lots {
  return Number.isFinite(quantity) && quantity > 0 ? roundToLots(instrument, quantity, "down") : lots(0);
}
