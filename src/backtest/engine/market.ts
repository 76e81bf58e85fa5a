import type { WholeColumns } from "../../strategy/whole-columns.ts";
import type { BarColumns } from "../../trading/bar.ts";
import type { InstrumentTerms } from "../spec.ts";
import { given } from "./given.ts";
import { Lot } from "./lot.ts";
import { ENTRY, Waiting } from "./waiting.ts";

/** One instrument of a run: its bars, its waiting orders in queue order, its open trades, and what they add up to. */
export class Market {
  readonly index: number;
  readonly symbol: string;
  readonly columns: BarColumns;
  readonly finer: BarColumns | undefined;
  readonly bars: WholeColumns;
  /** Smallest step of size, in units. */
  readonly lotSize: number;
  /** Cash per lot and per point of price. */
  readonly lotValue: number;

  /** Signed sum of open lots, and of lots * entry price. */
  lots = 0;
  cost = 0;
  readonly openLots: Lot[] = [];
  readonly queue: Waiting[] = [];
  /** Grows whenever a trade is opened, reduced or closed. */
  version = 0;

  /** An order can only fill in bar `wakeBar` and later, or in a bar that reaches one of the two prices. */
  wakeBar = Infinity;
  downPrice = -Infinity;
  upPrice = Infinity;

  matching = false;
  /** The bar, or part of a bar, that is being matched. */
  bar = 0;
  time = Number.NaN;
  open = Number.NaN;
  high = Number.NaN;
  low = Number.NaN;
  volume = Number.NaN;
  /** Lots that may still fill in this bar. */
  capacity = Infinity;
  capacityBar = -1;
  /** Price at which the market's position counts for margin while orders fill. */
  mark = Number.NaN;
  /** Trades opened in the pass under way whose bracket lives in the same bar. */
  readonly fresh: Lot[] = [];
  /** First finer bar not matched yet. */
  finerNext = 0;

  readonly #freeOrders: Waiting[] = [];
  readonly #doneOrders: Waiting[] = [];
  readonly #freeLots: Lot[] = [];

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
    const order = this.#freeOrders.pop() ?? new Waiting();
    order.id = id;
    return order;
  }

  putLast(order: Waiting): void {
    this.queue.push(order);
    this.#wakeFor(order);
  }

  putFirst(order: Waiting): void {
    this.queue.unshift(order);
    this.#wakeFor(order);
  }

  /** Takes an order out of the queue. While matching goes on, its object is not used again. */
  removeOrder(order: Waiting): void {
    const at = this.queue.indexOf(order);
    if (at < 0) return;
    this.queue.splice(at, 1);
    const { lot } = order;
    if (lot !== undefined) {
      if (lot.slOrder === order) lot.slOrder = undefined;
      else if (lot.tpOrder === order) lot.tpOrder = undefined;
    }
    order.id = 0;
    if (this.matching) this.#doneOrders.push(order);
    else this.#free(order);
  }

  openLot(serial: number, sign: number, lots: number, price: number): Lot {
    const lot = this.#freeLots.pop() ?? new Lot();
    lot.serial = serial;
    lot.sign = sign;
    lot.lots = lots;
    lot.entryPrice = price;
    lot.financing = 0;
    lot.sl = Number.NaN;
    lot.tp = Number.NaN;
    lot.trail = Number.NaN;
    lot.trailFraction = Number.NaN;
    this.openLots.push(lot);
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
    this.openLots.splice(this.openLots.indexOf(lot), 1);
    if (this.openLots.length === 0) {
      this.lots = 0;
      this.cost = 0;
    }
    for (let at = this.queue.length - 1; at >= 0; at--) {
      if (this.queue[at]!.lot === lot) this.removeOrder(this.queue[at]!);
    }
    lot.serial = 0;
    this.#freeLots.push(lot);
  }

  /** Frees the objects of orders that are done and finds out which bars the rest can fill in. */
  endMatching(): void {
    this.matching = false;
    for (const order of this.#doneOrders) this.#free(order);
    this.#doneOrders.length = 0;
    this.wakeBar = Infinity;
    this.downPrice = -Infinity;
    this.upPrice = Infinity;
    for (const order of this.queue) this.#wakeFor(order);
    for (const lot of this.openLots) if (lot.trail > 0 || lot.trailFraction > 0) this.wakeBar = 0;
  }

  #free(order: Waiting): void {
    reset(order);
    this.#freeOrders.push(order);
  }

  #wakeFor(order: Waiting): void {
    const { stop, limit } = order;
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

function reset(order: Waiting): void {
  order.role = ENTRY;
  order.limit = Number.NaN;
  order.stop = Number.NaN;
  order.sl = Number.NaN;
  order.tp = Number.NaN;
  order.trail = Number.NaN;
  order.trailFraction = Number.NaN;
  order.lot = undefined;
  order.until = Infinity;
  order.immediate = false;
  order.whole = false;
  order.reduceOnly = false;
  order.oco = undefined;
  order.tag = undefined;
}
