import type { BarColumns } from "../trading/bar.ts";
import type { Bars } from "./bars.ts";
import { type Indicator, labelOf, warmUpOf } from "./indicator.ts";
import { Cursor, Series } from "./series.ts";

/** Computed indicator columns of one set of bars, so that runs with equal parameters compute them once. */
export class IndicatorCache {
  readonly #columns = new Map<Indicator, Map<string, readonly Float64Array[]>>();
  readonly #ids = new Map<Float64Array, number>();
  /** How many indicators were computed, and how many were found. */
  computed = 0;
  found = 0;

  get(indicator: Indicator, inputs: readonly Float64Array[], args: readonly number[]): readonly Float64Array[] {
    const key = `${inputs.map((input) => this.#idOf(input)).join(",")}/${args.join(",")}`;
    const known = this.#columns.get(indicator) ?? new Map<string, readonly Float64Array[]>();
    this.#columns.set(indicator, known);
    const found = known.get(key);
    if (found !== undefined) {
      this.found += 1;
      return found;
    }
    const length = inputs[0]!.length;
    const outputs = (indicator.outputs ?? [""]).map(() => new Float64Array(length));
    indicator.batch(inputs, args, outputs);
    known.set(key, outputs);
    this.computed += 1;
    return outputs;
  }

  /** Columns are told apart by identity: two indicators may carry the same name. */
  #idOf(column: Float64Array): number {
    const known = this.#ids.get(column);
    if (known !== undefined) return known;
    this.#ids.set(column, this.#ids.size);
    return this.#ids.size - 1;
  }
}

/** The bars of one instrument over whole columns: what a backtest's strategy is set up with. */
export class WholeColumns implements Bars {
  readonly symbol: string;
  readonly cursor: Cursor;
  readonly open: Series;
  readonly high: Series;
  readonly low: Series;
  readonly close: Series;
  readonly volume: Series;
  readonly time: Series;
  fresh = true;
  /** Every indicator series that was asked for, in order. */
  readonly derived: Series[] = [];

  constructor(symbol: string, columns: BarColumns, cache: IndicatorCache = new IndicatorCache()) {
    this.symbol = symbol;
    this.cursor = new Cursor((indicator, inputs, args) => {
      const values = cache.get(indicator, inputs.map(Series.valuesOf), args);
      const warmUp = warmUpOf(indicator, inputs, args);
      const made = values.map(
        (column, index) => new Series(labelOf(indicator, inputs, args, index), column, this.cursor, warmUp),
      );
      this.derived.push(...made);
      return made;
    });
    this.open = new Series("open", columns.open, this.cursor);
    this.high = new Series("high", columns.high, this.cursor);
    this.low = new Series("low", columns.low, this.cursor);
    this.close = new Series("close", columns.close, this.cursor);
    this.volume = new Series("volume", columns.volume, this.cursor);
    this.time = new Series("time", columns.time, this.cursor);
  }

  /** Bars at the start at which some indicator has no value. */
  get warmUp(): number {
    return this.derived.reduce((longest, series) => Math.max(longest, series.warmUp), 0);
  }
}
