import type { Cancel, Clock } from "../../core/clock.ts";
import { OutageError } from "../../core/errors.ts";
import type { Closable } from "../../ports/closable.ts";
import type { Mark, MarkStore } from "../../ports/mark-store.ts";
import type { Instrument, InstrumentId } from "../../trading/instrument.ts";

/** People look at marks once a second. */
const RECORD_MS = 1_000;

export interface KeepMarksOptions {
  readonly marks: MarkStore;
  readonly instruments: ReadonlyMap<InstrumentId, Instrument>;
  readonly clock: Clock;
}

/** Puts the last prices that a worker saw where everybody can read them, once a second and only those that moved. */
export class MarkKeeper implements Closable {
  readonly #options: KeepMarksOptions;
  readonly #moved = new Map<InstrumentId, number>();
  #timer: Cancel | undefined;
  #closed = false;

  constructor(options: KeepMarksOptions) {
    this.#options = options;
  }

  /** The instrument's last price. Cheap: called for every bar. */
  take(instrument: InstrumentId, price: number): void {
    this.#moved.set(instrument, price);
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = this.#options.clock.after(RECORD_MS, () => void this.#record());
  }

  close(): void {
    this.#closed = true;
    this.#timer?.();
  }

  async #record(): Promise<void> {
    const marks = [...this.#moved].flatMap(([id, price]): Mark[] => {
      const known = this.#options.instruments.get(id);
      if (known === undefined) return [];
      return [{ venue: known.venue, instrument: id, price: String(price), multiplier: known.multiplier }];
    });
    this.#moved.clear();
    try {
      await this.#options.marks.record(marks);
    } catch (error) {
      // The next price comes soon; that the database is away is told where it matters.
      if (!(error instanceof OutageError)) throw error;
    }
    this.#timer = undefined;
    const [next] = this.#moved;
    if (next !== undefined) this.take(...next);
  }
}
