import type { Random } from "../../src/core/random.ts";
import type { BookView, Trader, Wish } from "../../src/live/trader.ts";
import type { Bar } from "../../src/trading/bar.ts";
import { type Instrument, type InstrumentId, lots, roundToTicks, ticks } from "../../src/trading/instrument.ts";
import type { OrderTerms, Side } from "../../src/trading/order.ts";

/** Wants anything: entries and exits of every type and size, cancels, now and then far too much. Denials are not its concern. */
export class RestlessTrader implements Trader {
  readonly #random: Random;
  readonly #instrument: Instrument;
  readonly #isClosed: () => boolean;
  #bars = 0;

  /** Once `isClosed` says that the market is closed it wants nothing any more. */
  constructor(random: Random, instrument: Instrument, isClosed: () => boolean) {
    this.#random = random;
    this.#instrument = instrument;
    this.#isClosed = isClosed;
  }

  get warm(): boolean {
    return this.#bars >= 2;
  }

  restore(): void {}
  onFill(): void {}

  onBar(id: InstrumentId, bar: Bar, book: BookView): readonly Wish[] {
    this.#bars += 1;
    const wishes: Wish[] = [];
    for (const order of book.orders.keys()) {
      if (this.#random.next() < 0.2) wishes.push({ kind: "cancel", id: order });
    }
    const count = this.#random.next() < 0.7 ? this.#random.integer(1, 3) : 0;
    for (let made = 0; made < count; made++) wishes.push({ kind: "place", terms: this.#terms(id, bar, book) });
    return wishes;
  }

  onBookChange(book: BookView): readonly Wish[] {
    const held = book.position(this.#instrument.id).lots;
    if (this.#isClosed() || held === 0 || this.#random.next() > 0.1) return [];
    const side = held > 0 ? "sell" : "buy";
    const quantity = lots(this.#random.integer(1, Math.abs(held) + 3));
    const base = { instrument: this.#instrument.id, side, quantity, timeInForce: "gtc" } as const;
    return [{ kind: "place", terms: { ...base, type: "market", reduceOnly: this.#random.next() < 0.7 } }];
  }

  #terms(instrument: InstrumentId, bar: Bar, book: BookView): OrderTerms {
    const held = book.position(instrument).lots;
    const exit = held !== 0 && this.#random.next() < 0.5;
    const side: Side = exit ? (held > 0 ? "sell" : "buy") : this.#random.next() < 0.5 ? "buy" : "sell";
    const price = roundToTicks(this.#instrument, bar.close, "nearest");
    const near = ticks(Math.max(1, price + this.#random.integer(-30, 30)));
    const quantity = lots(exit ? this.#random.integer(1, Math.abs(held) * 2) : this.#random.integer(1, 12));
    const base = {
      instrument,
      side,
      quantity,
      timeInForce: "gtc",
      reduceOnly: exit && this.#random.next() < 0.5,
    } as const;
    const kind = this.#random.next();
    if (kind < 0.35) return { ...base, type: "market" };
    if (kind < 0.7) return { ...base, type: "limit", limit: near };
    if (kind < 0.85) return { ...base, type: "limit", limit: near, timeInForce: "ioc" };
    return { ...base, type: "stop", stop: near };
  }
}
