import type { VenueEvent } from "../../ports/venue.ts";
import type { Fill, FillId } from "../../trading/fill.ts";
import {
  exactLots,
  exactTicks,
  type Instrument,
  lots,
  micros,
  priceOf,
  quantityOf,
  roundToTicks,
  type Ticks,
} from "../../trading/instrument.ts";
import type { ClientOrderId, OrderTerms, VenueOrderId } from "../../trading/order.ts";
import type { OrderTicket, PaperFill, PaperOrder, PaperReport } from "../../trading/paper/wire.ts";
import type { VenueOrder } from "../../trading/snapshot.ts";

/** Our terms in the venue's units. */
export function ticketOf(
  id: ClientOrderId,
  terms: OrderTerms,
  instrument: Instrument,
  account: string,
  tags: Record<string, string>,
): OrderTicket {
  return {
    clientOrderId: id,
    account,
    instrument: terms.instrument,
    side: terms.side,
    kind: terms.type,
    quantity: quantityOf(instrument, terms.quantity),
    ...(terms.limit !== undefined && { limitPrice: priceOf(instrument, terms.limit) }),
    ...(terms.stop !== undefined && { stopPrice: priceOf(instrument, terms.stop) }),
    timeInForce: terms.timeInForce,
    ...(terms.expiresAt !== undefined && { expiresAt: terms.expiresAt }),
    reduceOnly: terms.reduceOnly,
    ...(terms.group !== undefined && { group: terms.group }),
    tags,
  };
}

/** The venue's order in lots and ticks. */
export function venueOrderOf(order: PaperOrder, instrument: Instrument): VenueOrder {
  const price = (value: number | undefined): Ticks | undefined =>
    value === undefined ? undefined : (exactTicks(instrument, value) ?? roundToTicks(instrument, value, "nearest"));
  const limit = price(order.limitPrice);
  const stop = price(order.stopPrice);
  const terms: OrderTerms = {
    instrument: instrument.id,
    side: order.side,
    type: order.kind,
    quantity: wholeLots(instrument, order.quantity),
    ...(limit !== undefined && { limit }),
    ...(stop !== undefined && { stop }),
    timeInForce: order.timeInForce,
    ...(order.expiresAt !== undefined && { expiresAt: order.expiresAt }),
    reduceOnly: order.reduceOnly,
    ...(order.group !== undefined && { group: order.group }),
  };
  return {
    clientOrderId: order.clientOrderId as ClientOrderId,
    venueOrderId: order.venueOrderId as VenueOrderId,
    terms,
    filled: order.filled === 0 ? lots(0) : wholeLots(instrument, order.filled),
    state: stateOf(order.status),
  };
}

export function fillOf(fill: PaperFill, instrument: Instrument): Fill {
  return {
    id: fill.fillId as FillId,
    order: fill.clientOrderId as ClientOrderId,
    instrument: instrument.id,
    side: fill.side,
    lots: wholeLots(instrument, fill.quantity),
    price: exactTicks(instrument, fill.price) ?? roundToTicks(instrument, fill.price, "nearest"),
    commission: micros(Math.round(fill.fee * 1e6)),
    time: fill.time,
  };
}

/** What a report means to a session. */
export function eventOf(report: PaperReport, instrument: Instrument): VenueEvent | undefined {
  const id = report.clientOrderId as ClientOrderId;
  switch (report.kind) {
    case "accepted":
      return { kind: "order-accepted", id, venueOrderId: report.venueOrderId as VenueOrderId };
    case "rejected":
      return { kind: "order-rejected", id, reason: report.reason ?? "" };
    case "triggered":
      return { kind: "order-triggered", id };
    case "canceled":
      return { kind: "order-canceled", id, filled: wholeLots(instrument, report.filled) };
    case "expired":
      return { kind: "order-expired", id, filled: wholeLots(instrument, report.filled) };
    case "fill": {
      const { fill, seq, time, account, side, clientOrderId } = report;
      if (fill === undefined) return undefined;
      const whole = { ...fill, seq, time, clientOrderId, account, instrument: report.instrument, side, tags: {} };
      return { kind: "order-filled", fill: fillOf(whole, instrument) };
    }
  }
}

function stateOf(status: PaperOrder["status"]): VenueOrder["state"] {
  return status === "accepted" || status === "triggered" || status === "partially-filled" ? "open" : status;
}

function wholeLots(instrument: Instrument, quantity: number) {
  const exact = exactLots(instrument, quantity);
  if (exact === undefined) throw new Error(`${quantity} is not a multiple of the lot of ${instrument.id}`);
  return exact;
}
