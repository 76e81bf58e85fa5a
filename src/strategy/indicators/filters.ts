import type { Filter } from "./by-steps.ts";

/**
 * The last `period` values and their running sum. Values that are no number (the warm-up of an input) count as not
 * there: the sum is only asked for when the window is full of numbers.
 */
export class Window {
  readonly values: Float64Array;
  readonly period: number;
  #next = 0;
  #filled = 0;
  #unusable = 0;
  #sum = 0;
  #sinceExact = 0;

  constructor(period: number) {
    this.period = period;
    this.values = new Float64Array(period);
  }

  /** Whether the window holds `period` numbers. */
  get full(): boolean {
    return this.#filled === this.period && this.#unusable === 0;
  }

  get sum(): number {
    return this.#sum;
  }

  /** Takes a value and answers the one that it pushes out, NaN while the window fills. */
  push(value: number): number {
    // An input's own warm-up is as good as not having begun.
    if (this.#filled === 0 && Number.isNaN(value)) return Number.NaN;
    const slot = this.#next;
    let pushedOut = Number.NaN;
    // One step of the sum for both: a batch then waits for one addition a bar instead of two.
    let change = 0;
    if (this.#filled === this.period) {
      pushedOut = this.values[slot]!;
      if (Number.isNaN(pushedOut)) this.#unusable--;
      else change = -pushedOut;
    } else this.#filled++;
    this.values[slot] = value;
    this.#next = slot + 1 === this.period ? 0 : slot + 1;
    if (Number.isNaN(value)) this.#unusable++;
    else change += value;
    this.#sum += change;
    // What rounding left behind is swept out once a turn, at the cost of one addition a bar.
    if (++this.#sinceExact >= this.period) this.#sumExactly();
    return pushedOut;
  }

  /** The value `ago` pushes before the newest. */
  at(ago: number): number {
    const slot = this.#next - 1 - ago;
    return this.values[slot < 0 ? slot + this.period : slot]!;
  }

  #sumExactly(): void {
    this.#sinceExact = 0;
    let sum = 0;
    for (let i = this.#filled - 1; i >= 0; i--) {
      const value = this.at(i);
      if (!Number.isNaN(value)) sum += value;
    }
    this.#sum = sum;
  }
}

/** Mean of the last `period` values. */
export function meanOf(period: number): Filter {
  const window = new Window(period);
  return (value) => {
    window.push(value);
    return window.full ? window.sum / period : Number.NaN;
  };
}

/** Exponential smoothing with weight `alpha`, begun with the mean of the first `period` numbers. */
function smoothingOf(period: number, alpha: number): Filter {
  let count = 0;
  let state = 0;
  return (value) => {
    if (Number.isNaN(value)) return Number.NaN;
    if (count < period) {
      state += value;
      count++;
      if (count < period) return Number.NaN;
      state /= period;
      return state;
    }
    state += alpha * (value - state);
    return state;
  };
}

/** Exponential moving average: weight 2 / (period + 1). */
export const exponentialOf = (period: number): Filter => smoothingOf(period, 2 / (period + 1));

/** Wilder's smoothing, also called RMA: weight 1 / period. */
export const wilderOf = (period: number): Filter => smoothingOf(period, 1 / period);

/** The largest (`sign` 1) or smallest (-1) of the last `period` values, each value looked at about twice. */
export function extremeOf(period: number, sign: 1 | -1): Filter {
  const values = new Float64Array(period);
  const bars = new Float64Array(period);
  // The candidates, best first, lie in a ring from `head` on: a later and better value makes earlier ones useless.
  let head = 0;
  let size = 0;
  let bar = -1;
  let firstUsable = 0;
  return (value) => {
    bar++;
    if (Number.isNaN(value)) {
      firstUsable = bar + 1;
      size = 0;
      return Number.NaN;
    }
    if (size > 0 && bars[head]! <= bar - period) {
      head = (head + 1) % period;
      size--;
    }
    while (size > 0 && sign * values[(head + size - 1) % period]! <= sign * value) size--;
    const slot = (head + size) % period;
    values[slot] = value;
    bars[slot] = bar;
    size++;
    return bar - firstUsable >= period - 1 ? values[head]! : Number.NaN;
  };
}

/** The value before: NaN at first. */
export function previousOf(): Filter {
  let previous = Number.NaN;
  return (value) => {
    const result = previous;
    previous = value;
    return result;
  };
}
