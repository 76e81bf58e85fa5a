import type { Random } from "../../src/core/random.ts";
import type { VenueReport } from "../../src/live/events.ts";
import type { Fill, FillId } from "../../src/trading/fill.ts";
import { type InstrumentId, lots, micros, type Ticks, ticks } from "../../src/trading/instrument.ts";
import { type ClientOrderId, type OrderTerms, signOf, type VenueOrderId } from "../../src/trading/order.ts";
import type { VenueOrder, VenueSnapshot } from "../../src/trading/snapshot.ts";

/** Every instrument here has ticks of 0.01 and lots of 1. */
const MICROS_PER_UNIT = 1e4;

interface Resting {
  readonly order: VenueOrder;
  readonly acceptedAt: number;
}

export interface VenueHabits {
  readonly holdsReduceOnly: boolean;
  /** Says with the end of an order how much of it had filled. */
  readonly tellsFilled: boolean;
}

/**
 * An exchange with one account. It keeps order ids apart only among open orders, as some real ones do, so that a doubled
 * order is a second order. Whatever it does it tells every connection, in reports that the network may mangle.
 */
export class FakeVenue {
  readonly #random: Random;
  readonly #now: () => number;
  readonly #tell: (report: VenueReport) => void;
  readonly open = new Map<ClientOrderId, Resting>();
  readonly closed = new Map<ClientOrderId, VenueOrder>();
  readonly positions = new Map<InstrumentId, number>();
  readonly fills: Fill[] = [];
  readonly prices = new Map<InstrumentId, number>();
  /** How often each id was taken: more than once is a doubled order. */
  readonly taken = new Map<ClientOrderId, number>();
  readonly #habits: VenueHabits;
  #deadManAt: number | undefined;
  #count = 0;
  #cash = 1e12;

  constructor(random: Random, now: () => number, tell: (report: VenueReport) => void, habits: VenueHabits) {
    this.#habits = habits;
    this.#random = random;
    this.#now = now;
    this.#tell = tell;
  }

  submit(id: ClientOrderId, terms: OrderTerms): void {
    if (this.open.has(id)) {
      this.#tell({ kind: "order-rejected", id, reason: "duplicate id" });
      return;
    }
    this.#count += 1;
    const venueOrderId = `v${this.#count}` as VenueOrderId;
    const order: VenueOrder = { clientOrderId: id, venueOrderId, terms, filled: lots(0), state: "open" };
    if (this.#random.next() < 0.03) {
      this.closed.set(id, { ...order, state: "rejected" });
      this.#tell({ kind: "order-rejected", id, reason: "not today" });
      return;
    }
    this.taken.set(id, (this.taken.get(id) ?? 0) + 1);
    this.open.set(id, { order, acceptedAt: this.#now() });
    this.#tell({ kind: "order-accepted", id, venueOrderId });
    if (this.#random.next() < 0.3) this.#match(id);
  }

  /** Says no, and remembers nothing. */
  refuse(id: ClientOrderId): void {
    this.#tell({ kind: "order-rejected", id, reason: "busy" });
  }

  cancel(id: ClientOrderId): void {
    const resting = this.open.get(id);
    if (resting === undefined) this.#tell({ kind: "cancel-rejected", id, reason: "not open" });
    else this.#close(resting, "canceled");
  }

  deadMan(timeoutMs: number): void {
    this.#deadManAt = timeoutMs === 0 ? undefined : this.#now() + timeoutMs;
  }

  find(id: ClientOrderId): { readonly order: VenueOrder; readonly fills: readonly Fill[] } | undefined {
    const order = this.open.get(id)?.order ?? this.closed.get(id);
    return order === undefined ? undefined : { order, fills: this.fills.filter((fill) => fill.order === id) };
  }

  snapshot(cursor: string): VenueSnapshot {
    const from = cursor === "" ? 0 : Number(cursor);
    return {
      takenAt: this.#now(),
      openOrders: [...this.open.values()].map((resting) => resting.order),
      positions: new Map([...this.positions].map(([id, held]) => [id, lots(held)])),
      fills: this.fills.slice(from),
      fillCursor: String(this.fills.length),
      cash: micros(this.#cash),
    };
  }

  /** Prices move, orders meet them, the dead-man's switch looks at its clock. */
  tick(): void {
    for (const [id, price] of this.prices) {
      this.prices.set(id, Math.max(100, Math.round(price * (1 + 0.002 * this.#random.normal()))));
    }
    for (const id of [...this.open.keys()]) if (this.#random.next() < 0.5) this.#match(id);
    if (this.#deadManAt !== undefined && this.#now() >= this.#deadManAt) {
      this.#deadManAt = undefined;
      for (const resting of [...this.open.values()]) this.#close(resting, "canceled");
    }
  }

  #match(id: ClientOrderId): void {
    const resting = this.open.get(id);
    if (resting === undefined) return;
    const { order } = resting;
    const { terms } = order;
    const price = this.prices.get(terms.instrument) ?? 1000;
    const left = terms.quantity - order.filled;
    if (!isMarketable(terms, price)) {
      if (terms.timeInForce === "ioc") this.#close(resting, "expired");
      return;
    }
    const position = this.positions.get(terms.instrument) ?? 0;
    const allowed = terms.reduceOnly && this.#habits.holdsReduceOnly ? reducible(position, terms, left) : left;
    if (allowed === 0) {
      this.#close(resting, "canceled");
      return;
    }
    const part = this.#random.next() < 0.3 ? this.#random.integer(1, allowed) : allowed;
    this.#fill(resting, part, ticks(price));
  }

  #fill(resting: Resting, quantity: number, price: Ticks): void {
    const { order } = resting;
    const { terms, clientOrderId } = order;
    const fill: Fill = {
      id: `f${this.fills.length + 1}` as FillId,
      order: clientOrderId,
      instrument: terms.instrument,
      side: terms.side,
      lots: lots(quantity),
      price,
      commission: micros(0),
      time: this.#now(),
    };
    this.fills.push(fill);
    this.#cash -= signOf(terms.side) * quantity * price * MICROS_PER_UNIT;
    this.positions.set(terms.instrument, (this.positions.get(terms.instrument) ?? 0) + signOf(terms.side) * quantity);
    const filled = lots(order.filled + quantity);
    const next: Resting = { ...resting, order: { ...order, filled } };
    this.open.set(clientOrderId, next);
    this.#tell({ kind: "order-filled", fill });
    if (filled === terms.quantity) {
      this.open.delete(clientOrderId);
      this.closed.set(clientOrderId, { ...next.order, state: "filled" });
    } else if (terms.timeInForce === "ioc") {
      this.#close(next, "expired");
    }
  }

  #close({ order }: Resting, state: "canceled" | "expired"): void {
    this.open.delete(order.clientOrderId);
    this.closed.set(order.clientOrderId, { ...order, state });
    this.#tell({
      kind: state === "canceled" ? "order-canceled" : "order-expired",
      id: order.clientOrderId,
      ...(this.#habits.tellsFilled ? { filled: order.filled } : {}),
    });
  }
}

function isMarketable(terms: OrderTerms, price: number): boolean {
  const buy = terms.side === "buy";
  if (terms.stop !== undefined) return buy ? price >= terms.stop : price <= terms.stop;
  return terms.limit === undefined || (buy ? price <= terms.limit : price >= terms.limit);
}

function reducible(position: number, terms: OrderTerms, left: number): number {
  return signOf(terms.side) === -Math.sign(position) ? Math.min(left, Math.abs(position)) : 0;
}
