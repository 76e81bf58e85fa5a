import type { Fill } from "../trading/fill.ts";
import { type InstrumentId, lots, type Ticks, ticks } from "../trading/instrument.ts";
import type { ExitLevels } from "../trading/intent.ts";
import { type ClientOrderId, type Side, signOf } from "../trading/order.ts";

/** A trade of the strategy that is open: lots of one entry, with the exits it wants. */
export interface LiveTrade {
  readonly instrument: InstrumentId;
  readonly side: Side;
  /** Positive; goes to zero. */
  open: number;
  readonly entryPrice: Ticks;
  readonly entryBar: number;
  readonly entryTime: number;
  readonly tag: string | undefined;
  /** The order that opened it, and the name of the group its exits share. */
  readonly entry: ClientOrderId | undefined;
  readonly group: string;
  stopLoss: Ticks | undefined;
  takeProfit: Ticks | undefined;
  readonly trail: Ticks | undefined;
}

/** What is known of an order of the strategy beyond its terms. */
export interface OrderNote {
  readonly tag: string | undefined;
  readonly exits: ExitLevels | undefined;
  /** The trade that the order closes, when it was made for one. */
  readonly closes: string | undefined;
}

/** Splits a net position into the strategy's trades: opposite fills close the oldest first, exits their own trade first. */
export class OpenTrades {
  readonly #trades: LiveTrade[] = [];
  #count = 0;

  get all(): readonly LiveTrade[] {
    return this.#trades;
  }

  of(instrument: InstrumentId): LiveTrade[] {
    return this.#trades.filter((trade) => trade.instrument === instrument);
  }

  apply(fill: Fill, note: OrderNote | undefined, bar: number): void {
    let left: number = fill.lots;
    const own = this.#trades.filter((trade) => trade.group === note?.closes);
    const opposite = this.#trades.filter((trade) => trade.instrument === fill.instrument && trade.side !== fill.side);
    for (const trade of [...own, ...opposite]) {
      const closed = Math.min(left, trade.open);
      trade.open -= closed;
      left -= closed;
    }
    for (let index = this.#trades.length - 1; index >= 0; index--) {
      if (this.#trades[index]!.open <= 0) this.#trades.splice(index, 1);
    }
    if (left > 0) this.#open(fill, left, note, bar);
  }

  /** Takes up a position whose single trades are not known any more, as one trade. */
  adopt(trade: Omit<LiveTrade, "group">, group: string | undefined): void {
    this.#count += 1;
    this.#trades.push({ ...trade, group: group ?? `g${this.#count}.${trade.instrument}` });
  }

  #open(fill: Fill, quantity: number, note: OrderNote | undefined, bar: number): void {
    this.#count += 1;
    const trail = note?.exits?.trail;
    this.#trades.push({
      instrument: fill.instrument,
      side: fill.side,
      open: lots(quantity),
      entryPrice: fill.price,
      entryBar: bar,
      entryTime: fill.time,
      tag: note?.tag,
      entry: fill.order,
      group: `g${this.#count}.${fill.id}`,
      stopLoss: note?.exits?.stopLoss ?? follow(fill.side, fill.price, trail),
      takeProfit: note?.exits?.takeProfit,
      trail,
    });
  }
}

/** Where a trailing stop-loss stands when the best price is `best`. */
export function follow(side: Side, best: Ticks, trail: Ticks | undefined): Ticks | undefined {
  if (trail === undefined) return undefined;
  const stop = best - signOf(side) * trail;
  return stop > 0 ? ticks(stop) : undefined;
}
