import { Series } from "./series.ts";

/** 1 where a series has just risen above another, -1 where it has just fallen below it, 0 elsewhere. */
export type Crossing = -1 | 0 | 1;

/** The bars at which one series crosses another, as a strategy may see them: whether one did at the bar just closed. */
export class Crossings {
  readonly #a: Series;
  readonly #b: Series;

  constructor(a: Series, b: Series) {
    if (Series.cursorOf(a) !== Series.cursorOf(b)) {
      throw new TypeError(`crossings: ${a.label} and ${b.label} belong to different instruments`);
    }
    this.#a = a;
    this.#b = b;
  }

  /** What `crossedAbove` and `crossedBelow` say of the bar that has just closed, in one number. */
  get now(): Crossing {
    const above = this.#a.now;
    const below = this.#b.now;
    if (above > below) return this.#a.prev <= this.#b.prev ? 1 : 0;
    return above < below && this.#a.prev >= this.#b.prev ? -1 : 0;
  }

  /**
   * The first bar with from <= bar < to at which the two cross, or `to`. For the engine, which only calls the strategy
   * there: never for a strategy. `from` is at least 1.
   */
  static nextOf(crossings: Crossings, from: number, to: number): number {
    const a = Series.valuesOf(crossings.#a);
    const b = Series.valuesOf(crossings.#b);
    let bar = from;
    // On which side `a` stands changes seldom: one comparison a bar as long as it stays.
    while (bar < to) {
      if (a[bar]! > b[bar]!) {
        if (a[bar - 1]! <= b[bar - 1]!) return bar;
        do bar++;
        while (bar < to && a[bar]! > b[bar]!);
      } else if (a[bar]! < b[bar]!) {
        if (a[bar - 1]! >= b[bar - 1]!) return bar;
        do bar++;
        while (bar < to && a[bar]! < b[bar]!);
      } else bar++;
    }
    return to;
  }
}

/** The bars at which `a` crosses `b`, upwards or downwards: for `onlyWhen`. Both are series of one instrument. */
export function crossings(a: Series, b: Series): Crossings {
  return new Crossings(a, b);
}
