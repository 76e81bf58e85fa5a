import { RingBuffer } from "../../src/core/ring-buffer.ts";
import type { Bar } from "../../src/trading/bar.ts";

/** Bars that were published and are kept for late comers: enough to warm up any strategy. */
export const KEPT_BARS = 10_000;

/** The past of each instrument's feed, newest bars only. */
export class BarHistory {
  readonly #bars = new Map<string, RingBuffer<Bar>>();

  add(instrument: string, bar: Bar): void {
    const kept = this.#bars.get(instrument) ?? new RingBuffer<Bar>(KEPT_BARS);
    this.#bars.set(instrument, kept);
    kept.push(bar);
  }

  /** The newest `count` bars, oldest first. */
  last(instrument: string, count: number): Bar[] {
    return this.#bars.get(instrument)?.toArray().slice(-count) ?? [];
  }
}
