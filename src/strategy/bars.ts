import { Series } from "./series.ts";

/** The bars of one instrument as a strategy sees them: columns up to the bar that has just closed. */
export interface Bars {
  readonly symbol: string;
  readonly open: Series;
  readonly high: Series;
  readonly low: Series;
  readonly close: Series;
  readonly volume: Series;
  /** Bar times, milliseconds since the epoch, UTC. */
  readonly time: Series;
  /** Whether this instrument has a new bar at this step; always true when there is one instrument. */
  readonly fresh: boolean;
}

/** The bar that has just closed. It is one object that moves: copy what you want to keep. */
export class CurrentBar {
  readonly #bars: Bars;

  constructor(bars: Bars) {
    this.#bars = bars;
  }

  /** Counted from the first bar of the data; in a live run, from the oldest bar that is kept. */
  get index(): number {
    return Series.cursorOf(this.#bars.close).index;
  }
  get time(): number {
    return this.#bars.time.now;
  }
  get open(): number {
    return this.#bars.open.now;
  }
  get high(): number {
    return this.#bars.high.now;
  }
  get low(): number {
    return this.#bars.low.now;
  }
  get close(): number {
    return this.#bars.close.now;
  }
  get volume(): number {
    return this.#bars.volume.now;
  }
}
