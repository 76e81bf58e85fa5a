import type { Indicator } from "./indicator.ts";

/** Makes the series of an indicator: from whole columns in a backtest, value by value in a live run. */
export type Derive = (indicator: Indicator, inputs: readonly Series[], args: readonly number[]) => Series[];

/** Where a run stands: the index of the bar that has just closed. One cursor is shared by all series of an instrument. */
export class Cursor {
  /** The bar that has just closed, -1 before the first. */
  index = -1;
  readonly derive: Derive;

  constructor(derive: Derive) {
    this.derive = derive;
  }
}

// Fields that hold the same kind of thing from the first moment on are read without asking what they hold.
const NOTHING = new Float64Array(0);
const NOWHERE = new Cursor(() => []);

/**
 * Values of one column or indicator as a strategy may see them: up to the bar that has just closed.
 * There is no way to read ahead. Bars before the first, and an indicator's warm-up, read as NaN.
 */
export class Series {
  /** What it is, for reports and as cache key: `sma(close, 10)`. */
  readonly label: string;
  /** Bars at the start for which there is no value. */
  readonly warmUp: number;
  readonly #values: Float64Array = NOTHING;
  readonly #cursor: Cursor = NOWHERE;

  constructor(label: string, values: Float64Array, cursor: Cursor, warmUp = 0) {
    this.label = label;
    this.warmUp = warmUp;
    this.#values = values;
    this.#cursor = cursor;
  }

  /** The value at the bar that has just closed. */
  get now(): number {
    return this.#values[this.#cursor.index]!;
  }

  /** The value one bar earlier. A strategy is first called at the second bar, so there is one. */
  get prev(): number {
    return this.#values[this.#cursor.index - 1]!;
  }

  /** The value `barsAgo` bars earlier; `at(0)` is `now`. Throws a RangeError when `barsAgo` is negative or no whole number. */
  at(barsAgo: number): number {
    const index = this.#cursor.index - barsAgo;
    if (barsAgo >= 0 && index >= 0 && Number.isInteger(barsAgo)) return this.#values[index]!;
    return outside(this.label, barsAgo);
  }

  /** The column behind a series, whole: for indicators and the engine, never for a strategy. */
  static valuesOf(series: Series): Float64Array {
    return series.#values;
  }

  /** The cursor behind a series: two series can be combined when it is the same. */
  static cursorOf(series: Series): Cursor {
    return series.#cursor;
  }
}

function outside(label: string, barsAgo: number): number {
  if (barsAgo >= 0 && Number.isInteger(barsAgo)) return Number.NaN;
  throw new RangeError(`${label}.at(${barsAgo}) looks ahead or between bars: barsAgo must be 0, 1, 2 ...`);
}
