import type { Fill } from "../../trading/fill.ts";
import { type Instrument, lots, microsPerUnit, priceOf, quantityOf, type Ticks } from "../../trading/instrument.ts";
import type { Intent } from "../../trading/intent.ts";
import type { Order, OrderState, VenueOrderId } from "../../trading/order.ts";
import type { Position } from "../../trading/position.ts";

/** A row of order_intent, as much of it as makes an order again. */
export interface StoredOrderRow {
  readonly body: Intent;
  readonly state: OrderState;
  readonly filled_lots: number;
  readonly venue_order_id: VenueOrderId | null;
}

export function orderOf(row: StoredOrderRow): Order {
  const { id, terms, owner } = row.body;
  return {
    id,
    terms,
    owner,
    state: row.state,
    filled: lots(row.filled_lots),
    ...(row.venue_order_id !== null && { venueOrderId: row.venue_order_id }),
  };
}

export function intentRow(intent: Intent, instrument: Instrument) {
  const { terms, owner } = intent;
  const price = (ticks: Ticks | undefined) => (ticks === undefined ? null : priceOf(instrument, ticks));
  return {
    client_order_id: intent.id,
    sequence: intent.sequence,
    epoch: intent.epoch,
    ...owner,
    origin: intent.origin,
    side: terms.side,
    kind: terms.type,
    quantity: quantityOf(instrument, terms.quantity),
    limit_price: price(terms.limit),
    stop_price: price(terms.stop),
    time_in_force: terms.timeInForce,
    reduce_only: terms.reduceOnly,
    body: intent,
    decision: intent.decision,
  };
}

export function orderRow(order: Order, instrument: Instrument) {
  return {
    client_order_id: order.id,
    state: order.state,
    filled_lots: order.filled,
    filled: quantityOf(instrument, order.filled),
    venue_order_id: order.venueOrderId ?? null,
  };
}

export function fillRow(fill: Fill, instrument: Instrument) {
  return {
    venue_fill_id: fill.id,
    client_order_id: fill.order,
    instrument: fill.instrument,
    side: fill.side,
    quantity: quantityOf(instrument, fill.lots),
    price: priceOf(instrument, fill.price),
    fee: fill.commission / 1e6,
    time: fill.time,
  };
}

export function positionRow(position: Position, instrument: Instrument) {
  const money = (units: number) => Number(((units * microsPerUnit(instrument)) / 1e6).toFixed(8));
  const quantity = quantityOf(instrument, position.lots);
  return {
    instrument: position.instrument,
    quantity,
    average_price: quantity === 0 ? null : money(position.cost) / quantity / instrument.multiplier,
    realised: money(position.realised),
    fees: position.commission / 1e6,
    body: position,
  };
}
