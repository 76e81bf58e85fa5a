import type { Order, Trade } from "ccxt";
import type { Fill, FillId } from "../../trading/fill.ts";
import {
  exactLots,
  exactTicks,
  type Instrument,
  type Lots,
  lots,
  micros,
  priceOf,
  quantityOf,
  roundToTicks,
} from "../../trading/instrument.ts";
import type { ClientOrderId, OrderTerms, TimeInForce, VenueOrderId } from "../../trading/order.ts";
import { TIMES_IN_FORCE } from "../../trading/order.ts";
import type { VenueOrder } from "../../trading/snapshot.ts";
import type { ExchangeOrder } from "./egress-ccxt.ts";

/** Our terms in the exchange's units, or undefined when it has no such order. */
export function exchangeOrderOf(
  id: ClientOrderId,
  terms: OrderTerms,
  instrument: Instrument,
  symbol: string,
): ExchangeOrder | undefined {
  if (terms.type !== "market" && terms.type !== "limit") return undefined;
  const limited = terms.type === "limit";
  return {
    symbol,
    type: terms.type,
    side: terms.side,
    amount: quantityOf(instrument, terms.quantity),
    price: terms.limit === undefined ? undefined : priceOf(instrument, terms.limit),
    params: {
      clientOrderId: id,
      ...(limited && { timeInForce: terms.timeInForce.toUpperCase() }),
      ...(terms.reduceOnly && { reduceOnly: true }),
    },
  };
}

/** The exchange's order in lots and ticks. Throws when it does not lie on the steps of the instrument. */
export function venueOrderOf(order: Order, instrument: Instrument): VenueOrder {
  const type = order.type === "limit" ? "limit" : "market";
  const terms: OrderTerms = {
    instrument: instrument.id,
    side: order.side === "sell" ? "sell" : "buy",
    type,
    quantity: wholeLots(instrument, order.amount),
    ...(type === "limit" &&
      order.price !== undefined &&
      order.price > 0 && { limit: nearestTicks(instrument, order.price) }),
    timeInForce: timeInForceOf(order.timeInForce),
    reduceOnly: order.reduceOnly ?? false,
  };
  return {
    // An order that another program placed may have none: its own id stands in, which is never one of ours.
    clientOrderId: (order.clientOrderId ?? order.id) as ClientOrderId,
    venueOrderId: order.id as VenueOrderId,
    terms,
    filled: wholeLots(instrument, order.filled),
    state: stateOf(order),
  };
}

export function fillOf(trade: Trade, order: ClientOrderId, instrument: Instrument): Fill {
  const price = trade.price ?? 0;
  // A fee in the traded asset itself counts at the price of the fill.
  const inBase = trade.fee?.currency !== undefined && trade.symbol?.startsWith(`${trade.fee.currency}/`);
  return {
    id: `${trade.symbol}:${trade.id}` as FillId,
    order,
    instrument: instrument.id,
    side: trade.side === "sell" ? "sell" : "buy",
    lots: wholeLots(instrument, trade.amount),
    price: nearestTicks(instrument, price),
    commission: micros(Math.round((trade.fee?.cost ?? 0) * (inBase ? price : 1) * 1e6)),
    time: trade.timestamp ?? 0,
  };
}

/** Throws when it is missing or does not lie on a lot: a quantity is never guessed. */
export function wholeLots(instrument: Instrument, quantity: number | undefined): Lots {
  const exact = quantity === 0 ? lots(0) : quantity !== undefined && exactLots(instrument, quantity);
  if (exact === undefined || exact === false)
    throw new Error(`${quantity} is not a multiple of the lot of ${instrument.id}`);
  return exact;
}

/** Fills at an average, and orders of others, may lie between ticks. */
function nearestTicks(instrument: Instrument, price: number) {
  return exactTicks(instrument, price) ?? roundToTicks(instrument, price, "nearest");
}

function timeInForceOf(text: string | undefined): TimeInForce {
  return TIMES_IN_FORCE.find((one) => one === text?.toLowerCase()) ?? "gtc";
}

function stateOf({ status, filled, amount }: Order): VenueOrder["state"] {
  switch (status) {
    case "closed":
      return (filled ?? 0) < (amount ?? 0) ? "canceled" : "filled";
    case "canceled":
    case "expired":
    case "rejected":
      return status;
    default:
      return "open";
  }
}
