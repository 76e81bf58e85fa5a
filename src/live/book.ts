import type { Fill, FillId } from "../trading/fill.ts";
import { type InstrumentId, type Lots, lots, type Ticks, ticks } from "../trading/instrument.ts";
import type { Intent } from "../trading/intent.ts";
import {
  type ClientOrderId,
  changeOrder,
  type IllegalChange,
  isTerminal,
  isWorking,
  mayBeLive,
  type Order,
  type OrderChange,
  openLots,
  type VenueOrderId,
} from "../trading/order.ts";
import { applyFill, flat, type Position } from "../trading/position.ts";
import type { OpenOrder } from "../trading/risk/context.ts";
import { openOn, worstPrice } from "../trading/risk/exposure.ts";
import type { BookChange } from "./commands.ts";
import type { StoredPartition } from "./stored.ts";

/** An order with what the session remembers about it beside its state. */
export interface BookEntry {
  readonly intent: Intent | undefined;
  order: Order;
  /** Monotonic time after which it can no longer have been written to the socket; undefined while that is not known. */
  leftBy: number | undefined;
  cancelAskedAt: number | undefined;
  /** The venue has ended it, but fills that came before its end are not here yet: until then it counts. */
  ending: { readonly kind: "cancel" | "expire"; readonly filled: Lots | undefined } | undefined;
  /** Monotonic time of the venue's first word about it, and of its end. */
  confirmedAt: number | undefined;
  endedAt: number | undefined;
}

/** How many ended orders are kept, so that late reports still find them. */
const ENDED_KEPT = 5_000;
/** How many fill ids are kept; the store knows all of them. */
const FILLS_KEPT = 50_000;

/** The partition's own orders, fills and positions, and what of them is not yet written down. */
export class Book {
  readonly #active = new Map<ClientOrderId, BookEntry>();
  readonly #ended = new Map<ClientOrderId, BookEntry>();
  readonly #positions = new Map<InstrumentId, Position>();
  readonly #fills = new Set<FillId>();
  readonly #changedOrders = new Map<ClientOrderId, Order>();
  readonly #changedPositions = new Set<InstrumentId>();
  #newFills: Fill[] = [];
  #change = 0;
  #cursorChanged = false;
  readonly #children = new Map<ClientOrderId, BookEntry[]>();
  fillCursor = "";
  /** Grows with every change. */
  stamp = 0;
  /** Monotonic time of the event being taken. */
  now = 0;

  /** Everything that has not ended, oldest first. */
  get active(): ReadonlyMap<ClientOrderId, BookEntry> {
    return this.#active;
  }
  get positions(): readonly Position[] {
    return [...this.#positions.values()];
  }

  /** Takes over what the store holds. Whatever the old holder sent, it cannot send any more. */
  restore(stored: StoredPartition): void {
    for (const { intent, order } of stored.orders) {
      const entry = { ...blank(intent, order), leftBy: this.now };
      if (isConfirmed(order)) entry.confirmedAt = this.now;
      this.#active.set(order.id, entry);
      this.#adoptChild(entry);
      // It may have left after it was written down: the venue must say.
      if (order.state === "initialized" || order.state === "submitted") this.change(entry, { kind: "lose" });
    }
    for (const { intent, order } of stored.endedOrders) {
      const entry = { ...blank(intent, order), endedAt: this.now };
      this.#ended.set(order.id, entry);
      this.#adoptChild(entry);
    }
    for (const position of stored.positions) this.#positions.set(position.instrument, position);
    for (const fill of stored.appliedFills) this.#fills.add(fill);
    this.fillCursor = stored.fillCursor;
  }

  find(id: ClientOrderId): BookEntry | undefined {
    return this.#active.get(id) ?? this.#ended.get(id);
  }

  position(instrument: InstrumentId): Position {
    return this.#positions.get(instrument) ?? flat(instrument);
  }

  /** Takes in an order that was decided or found at the venue: from here on it counts (RC-03). */
  add(intent: Intent | undefined, order: Order): BookEntry {
    const entry = blank(intent, order);
    this.#active.set(order.id, entry);
    this.#adoptChild(entry);
    // An intent's own commit writes the row of its order.
    if (intent === undefined) this.#changedOrders.set(order.id, order);
    return entry;
  }

  /**
   * The venue shows an order live that had ended here, or that was never here: it is live again, because the venue is
   * right. Not a transition of the state machine; whoever calls this stops the partition.
   */
  readopt(order: Order): BookEntry {
    const entry = this.#ended.get(order.id) ?? blank(undefined, order);
    this.#ended.delete(order.id);
    entry.order = order;
    entry.endedAt = undefined;
    entry.confirmedAt = this.now;
    entry.leftBy = this.now;
    this.#active.set(order.id, entry);
    this.#changedOrders.set(order.id, order);
    return entry;
  }

  /**
   * What a parent leaves to a further child: its quantity less what its children have, or may yet, fill (RC-44). Of the
   * child's own group only one fills, so the group's others do not count against it.
   */
  remainingOf(parent: ClientOrderId, group: string | undefined): Lots | undefined {
    const entry = this.find(parent);
    if (entry === undefined) return undefined;
    const { terms } = entry.order;
    const children = (this.#children.get(parent) ?? []).map((child) => child.order);
    const filled = children.reduce((sum, child) => sum + child.filled, 0);
    const open = children
      .filter((child) => !isTerminal(child.state) && (group === undefined || child.terms.group !== group))
      .map((child) => openOrder(child, undefined));
    const pending = openOn(open, terms.instrument, "buy") + openOn(open, terms.instrument, "sell");
    return lots(Math.max(0, terms.quantity - filled - pending));
  }

  /** Applies a change to an order; what is illegal changes nothing and is returned. */
  change(entry: BookEntry, change: OrderChange, reason?: string): IllegalChange | undefined {
    const result = changeOrder(entry.order, change);
    if (!result.ok) return result.refusal;
    this.#put(entry, reason === undefined ? result.value : { ...result.value, reason });
    return undefined;
  }

  /** Puts an order where the venue says it is, legal or not: whoever calls this stops the partition. */
  force(entry: BookEntry, state: Order["state"]): void {
    this.#put(entry, { ...entry.order, state });
  }

  /** Has the order written down once more as it stands, though nothing about it has changed. */
  writeAgain({ order }: BookEntry): void {
    this.#changedOrders.set(order.id, order);
  }

  name(entry: BookEntry, venueOrderId: VenueOrderId): void {
    if (entry.order.venueOrderId !== venueOrderId) this.#put(entry, { ...entry.order, venueOrderId });
  }

  /**
   * Books a fill once (OL-07). The position always follows the venue, also when the order could not have been filled:
   * then the illegal change is returned, and somebody must stop.
   */
  fill(fill: Fill): { readonly isNew: boolean; readonly illegal?: IllegalChange } {
    if (this.#fills.has(fill.id)) return { isNew: false };
    this.#fills.add(fill.id);
    if (this.#fills.size > FILLS_KEPT) this.#fills.delete(first(this.#fills));
    this.#newFills.push(fill);
    this.stamp += 1;
    this.#positions.set(fill.instrument, applyFill(this.position(fill.instrument), fill));
    this.#changedPositions.add(fill.instrument);
    const entry = this.find(fill.order);
    if (entry === undefined) {
      const reason = "a fill of an order that is not in the book";
      return { isNew: true, illegal: { id: fill.order, state: "initialized", change: "fill", reason } };
    }
    const illegal = this.change(entry, { kind: "fill", lots: fill.lots });
    return illegal === undefined ? { isNew: true } : { isNew: true, illegal };
  }

  hasFill(id: FillId): boolean {
    return this.#fills.has(id);
  }

  moveCursor(cursor: string): void {
    if (cursor === this.fillCursor) return;
    this.fillCursor = cursor;
    this.#cursorChanged = true;
  }

  /** What counts against the limits: everything decided that has not ended (RC-03). */
  openOrders(except?: ClientOrderId): OpenOrder[] {
    const open: OpenOrder[] = [];
    for (const { order, intent } of this.#active.values()) {
      if (order.id !== except) open.push(openOrder(order, intent?.reference));
    }
    return open;
  }

  /** Of those, what has left or may have left: everything but what still waits for its commit. */
  sentOrders(): OpenOrder[] {
    const sent = [...this.#active.values()].filter(({ order }) => order.state !== "initialized");
    return sent.map(({ order, intent }) => openOrder(order, intent?.reference));
  }

  /** What is not written down yet, as one change, or undefined when everything is. */
  takeChange(token: number): BookChange | undefined {
    const nothing = this.#changedOrders.size === 0 && this.#newFills.length === 0 && !this.#cursorChanged;
    if (nothing) return undefined;
    this.#change += 1;
    const change: BookChange = {
      token,
      change: this.#change,
      orders: [...this.#changedOrders.values()],
      fills: this.#newFills,
      positions: [...this.#changedPositions].map((instrument) => this.position(instrument)),
      ...(this.#cursorChanged ? { fillCursor: this.fillCursor } : {}),
    };
    this.#changedOrders.clear();
    this.#changedPositions.clear();
    this.#newFills = [];
    this.#cursorChanged = false;
    return change;
  }

  #adoptChild(entry: BookEntry): void {
    const parent = entry.intent?.parent;
    if (parent !== undefined) this.#children.set(parent, [...(this.#children.get(parent) ?? []), entry]);
  }

  #put(entry: BookEntry, order: Order): void {
    entry.order = order;
    this.stamp += 1;
    this.#changedOrders.set(order.id, order);
    if (isConfirmed(order)) entry.confirmedAt ??= this.now;
    if (!isTerminal(order.state)) return;
    entry.endedAt ??= this.now;
    this.#active.delete(order.id);
    this.#ended.set(order.id, entry);
    if (this.#ended.size <= ENDED_KEPT) return;
    const oldest = first(this.#ended.keys());
    this.#ended.delete(oldest);
    this.#children.delete(oldest);
  }
}

/** The venue has said something about it. A cancel that was only asked for proves nothing. */
function isConfirmed({ state, filled, venueOrderId }: Order): boolean {
  return venueOrderId !== undefined || filled > 0 || (isWorking(state) && state !== "pending-cancel");
}

/** Orders at the venue, or perhaps on their way there. */
export function liveEntries(book: Book): BookEntry[] {
  return [...book.active.values()].filter((entry) => mayBeLive(entry.order.state));
}

function blank(intent: Intent | undefined, order: Order): BookEntry {
  return {
    intent,
    order,
    leftBy: undefined,
    cancelAskedAt: undefined,
    ending: undefined,
    confirmedAt: undefined,
    endedAt: undefined,
  };
}

function openOrder(order: Order, reference: Ticks | undefined): OpenOrder {
  const { terms } = order;
  const price = worstPrice(terms, reference);
  return {
    id: order.id,
    instrument: terms.instrument,
    side: terms.side,
    lots: openLots(order),
    price: price ?? ticks(1),
    resting:
      terms.type === "limit" && terms.timeInForce !== "ioc" && terms.timeInForce !== "fok" ? terms.limit : undefined,
    ...(terms.group === undefined ? {} : { group: terms.group }),
  };
}

function first<T>(items: Iterable<T>): T {
  for (const item of items) return item;
  throw new Error("empty");
}
