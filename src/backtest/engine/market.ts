import type { WholeColumns } from "../../strategy/whole-columns.ts";
import type { BarColumns } from "../../trading/bar.ts";
import type { InstrumentTerms } from "../spec.ts";
import { given } from "./given.ts";
import { Lot } from "./lot.ts";
import { Waiting } from "./waiting.ts";

/**
 * One instrument of a run: its bars, its waiting orders in queue order, its open trades, and what they add up to.
 * Orders and trades are linked lists of objects that are used again: neither makes work for the garbage collector.
 */
export class Market {
  readonly index: number;
  readonly symbol: string;
  readonly columns: BarColumns;
  readonly finer: BarColumns | undefined;
  readonly bars: WholeColumns;
  /** Smallest step of size, in units. */
  readonly lotSize: number = Number.NaN;
  /** Cash per lot and per point of price. */
  readonly lotValue: number = Number.NaN;

  /** Set whenever the bars in which an order can fill may have changed; the loop takes note and clears it. */
  stirred = false;
  /** Whether any order waits, and whether any trade is open. */
  waits = false;
  holds = false;
  /** Whether some open trade may have a stop-loss that follows the price. */
  follows = false;
  /** An order can only fill in bar `wakeBar` and later, or in a bar that reaches one of the two prices. */
  wakeBar = Infinity;
  downPrice = -Infinity;
  upPrice = Infinity;
  /** Signed sum of open lots, and of lots * entry price. */
  lots = 0;
  cost = 0;

  firstOrder: Waiting | undefined = undefined;
  lastOrder: Waiting | undefined = undefined;
  /** Oldest and newest open trade. */
  firstLot: Lot | undefined = undefined;
  lastLot: Lot | undefined = undefined;
  /** Grows whenever a trade is opened, reduced or closed. */
  version = 0;
  /** Trades opened in the pass under way whose bracket lives in the same bar. */
  freshLots = 0;

  matching = false;
  /** The bar, or part of a bar, that is being matched. */
  bar = 0;
  /** Time of the finer bar being matched; NaN when a whole bar is. */
  time = Number.NaN;
  open = Number.NaN;
  high = Number.NaN;
  low = Number.NaN;
  /** Lots that may still fill in this bar. */
  capacity = Infinity;
  capacityBar = -1;
  /** Price at which the market's position counts for margin while orders fill. */
  mark = Number.NaN;
  /** First finer bar not matched yet. */
  finerNext = 0;

  #freeOrder: Waiting | undefined = undefined;
  #doneOrder: Waiting | undefined = undefined;
  #freeLot: Lot | undefined = undefined;

  constructor(index: number, bars: WholeColumns, columns: BarColumns, finer?: BarColumns, terms: InstrumentTerms = {}) {
    this.index = index;
    this.symbol = bars.symbol;
    this.bars = bars;
    this.columns = columns;
    this.finer = finer;
    this.lotSize = terms.lot ?? 1;
    this.lotValue = this.lotSize * (terms.multiplier ?? 1);
  }

  /** A blank order; it waits once it is put into the queue. */
  blankOrder(id: number): Waiting {
    const order = this.#freeOrder ?? new Waiting();
    this.#freeOrder = order.nextFree;
    order.nextFree = undefined;
    order.id = id;
    order.endBar = Infinity;
    return order;
  }

  putLast(order: Waiting): void {
    order.previous = this.lastOrder;
    order.next = undefined;
    if (this.lastOrder === undefined) this.firstOrder = order;
    else this.lastOrder.next = order;
    this.lastOrder = order;
    this.#wakeFor(order);
  }

  putFirst(order: Waiting): void {
    order.next = this.firstOrder;
    order.previous = undefined;
    if (this.firstOrder === undefined) this.lastOrder = order;
    else this.firstOrder.previous = order;
    this.firstOrder = order;
    this.#wakeFor(order);
  }

  /**
   * Takes a waiting order out of the queue. While matching goes on its object is not used again and still leads to the
   * order after it, so that a pass over the queue finds its way.
   */
  removeOrder(order: Waiting): void {
    if (order.previous === undefined) this.firstOrder = order.next;
    else order.previous.next = order.next;
    if (order.next === undefined) this.lastOrder = order.previous;
    else order.next.previous = order.previous;
    this.dropOrder(order);
  }

  /** Lets a waiting order end with bar `endBar`: it stands until then, but no longer for its trade's level. */
  endOrder(order: Waiting, endBar: number): void {
    order.endBar = Math.min(order.endBar, endBar);
    leaveLot(order);
    this.#wakeFor(order);
  }

  /** Gives up an order that is in no queue (any more). */
  dropOrder(order: Waiting): void {
    leaveLot(order);
    order.id = 0;
    if (this.matching) {
      order.nextFree = this.#doneOrder;
      this.#doneOrder = order;
    } else this.#free(order);
  }

  openLot(serial: number, sign: number, lots: number, price: number): Lot {
    const lot = this.#freeLot ?? new Lot();
    this.#freeLot = lot.next;
    lot.reset(serial, sign, lots, price);
    lot.previous = this.lastLot;
    lot.next = undefined;
    if (this.lastLot === undefined) this.firstLot = lot;
    else this.lastLot.next = lot;
    this.lastLot = lot;
    this.holds = true;
    this.version += 1;
    this.lots += sign * lots;
    this.cost += sign * lots * price;
    return lot;
  }

  /** Takes `lots` off an open trade; with the last one the trade goes, and so do its orders. */
  reduceLot(lot: Lot, lots: number): void {
    this.version += 1;
    lot.lots -= lots;
    this.lots -= lot.sign * lots;
    this.cost -= lot.sign * lots * lot.entryPrice;
    if (lot.lots > 0) return;
    this.#unlink(lot);
    for (let order = this.firstOrder; order !== undefined; ) {
      const { next } = order;
      if (order.lot === lot) this.removeOrder(order);
      order = next;
    }
    lot.serial = 0;
    lot.next = this.#freeLot;
    this.#freeLot = lot;
  }

  /** Frees the objects of orders that are done and finds out which bars the rest can fill in. */
  endMatching(): void {
    this.matching = false;
    this.stirred = true;
    for (let order = this.#doneOrder; order !== undefined; ) {
      const { nextFree } = order;
      this.#free(order);
      order = nextFree;
    }
    this.#doneOrder = undefined;
    this.waits = false;
    this.wakeBar = Infinity;
    this.downPrice = -Infinity;
    this.upPrice = Infinity;
    for (let order = this.firstOrder; order !== undefined; order = order.next) this.#wakeFor(order);
    if (this.follows) this.#wakeAlways();
  }

  /** Waiting orders in the order in which they will be looked at. */
  orders(): Waiting[] {
    const orders: Waiting[] = [];
    for (let order = this.firstOrder; order !== undefined; order = order.next) orders.push(order);
    return orders;
  }

  /** Open trades, oldest first. */
  openLots(): Lot[] {
    const lots: Lot[] = [];
    for (let lot = this.firstLot; lot !== undefined; lot = lot.next) lots.push(lot);
    return lots;
  }

  #unlink(lot: Lot): void {
    if (lot.previous === undefined) this.firstLot = lot.next;
    else lot.previous.next = lot.next;
    if (lot.next === undefined) this.lastLot = lot.previous;
    else lot.next.previous = lot.previous;
    if (this.firstLot !== undefined) return;
    // Nothing is held: whatever rounding left in the sums goes.
    this.holds = false;
    this.follows = false;
    this.lots = 0;
    this.cost = 0;
  }

  #free(order: Waiting): void {
    order.release();
    order.nextFree = this.#freeOrder;
    this.#freeOrder = order;
  }

  #wakeAlways(): void {
    this.waits = true;
    this.wakeBar = 0;
  }

  #wakeFor(order: Waiting): void {
    this.stirred = true;
    this.waits = true;
    const { stop, limit } = order;
    if (order.endBar < this.wakeBar) this.wakeBar = order.endBar;
    if (order.immediate || order.until < Infinity) this.wakeBar = Math.min(this.wakeBar, order.activeBar);
    if (given(stop)) {
      if (order.buy) this.upPrice = Math.min(this.upPrice, stop);
      else this.downPrice = Math.max(this.downPrice, stop);
    } else if (given(limit)) {
      if (order.buy) this.downPrice = Math.max(this.downPrice, limit);
      else this.upPrice = Math.min(this.upPrice, limit);
    } else {
      this.wakeBar = Math.min(this.wakeBar, order.activeBar);
    }
  }
}

/** An order that has ended, or is to, is no longer its trade's stop-loss or take-profit. */
function leaveLot(order: Waiting): void {
  const { lot } = order;
  if (lot === undefined) return;
  if (lot.slOrder === order) lot.slOrder = undefined;
  else if (lot.tpOrder === order) lot.tpOrder = undefined;
}
