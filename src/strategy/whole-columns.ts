import type { BarColumns } from "../trading/bar.ts";
import type { Bars } from "./bars.ts";
import type { ColumnPool } from "./column-pool.ts";
import { type Indicator, labelOf, warmUpOf } from "./indicator.ts";
import { Cursor, Series } from "./series.ts";

/** One indicator of a run, with the columns it was computed from and into. */
export interface IndicatorUse {
  readonly indicator: Indicator;
  readonly args: readonly number[];
  readonly inputs: readonly Float64Array[];
  readonly outputs: readonly Float64Array[];
  /** What the outputs are called. */
  readonly labels: readonly string[];
}

/** Memory that a cache's columns may take, in bytes. */
const DEFAULT_CACHE_BYTES = 512 * 1024 * 1024;

/**
 * Computed indicator columns, so that runs with equal parameters compute them once. Bounded: those that were not asked
 * for the longest go first.
 */
export class IndicatorCache {
  readonly #entries = new Map<string, readonly Float64Array[]>();
  readonly #ids = new WeakMap<object, number>();
  readonly #limitBytes: number;
  readonly #pool: ColumnPool | undefined;
  #lastId = 0;
  #bytes = 0;
  /** How many indicators were computed, and how many were found. */
  computed = 0;
  found = 0;

  constructor(limitBytes = DEFAULT_CACHE_BYTES, pool?: ColumnPool) {
    this.#limitBytes = limitBytes;
    this.#pool = pool;
  }

  /** Hands all columns to the pool. Nothing may read them afterwards. */
  release(): void {
    for (const columns of this.#entries.values()) this.#pool?.give(columns);
    this.#entries.clear();
    this.#bytes = 0;
  }

  get(indicator: Indicator, inputs: readonly Float64Array[], args: readonly number[]): readonly Float64Array[] {
    // Told apart by identity: two indicators may carry the same name.
    const key = `${this.#idOf(indicator)}/${inputs.map((input) => this.#idOf(input)).join(",")}/${args.join(",")}`;
    const found = this.#entries.get(key);
    if (found !== undefined) {
      this.found += 1;
      this.#entries.delete(key);
      this.#entries.set(key, found);
      return found;
    }
    const { length } = inputs[0]!;
    const outputs = (indicator.outputs ?? [""]).map(() => this.#blank(indicator, length));
    indicator.batch(inputs, args, outputs);
    this.computed += 1;
    this.#entries.set(key, outputs);
    this.#bytes += bytesOf(outputs);
    this.#forgetOldest();
    return outputs;
  }

  #blank({ writesAll = false }: Indicator, length: number): Float64Array {
    if (this.#pool === undefined) return new Float64Array(length);
    const column = this.#pool.take(length);
    return writesAll ? column : column.fill(0);
  }

  #forgetOldest(): void {
    for (const [key, columns] of this.#entries) {
      if (this.#bytes <= this.#limitBytes || this.#entries.size === 1) return;
      this.#entries.delete(key);
      this.#bytes -= bytesOf(columns);
    }
  }

  #idOf(thing: object): number {
    const known = this.#ids.get(thing);
    if (known !== undefined) return known;
    this.#lastId += 1;
    this.#ids.set(thing, this.#lastId);
    return this.#lastId;
  }
}

function bytesOf(columns: readonly Float64Array[]): number {
  return columns.reduce((sum, column) => sum + column.byteLength, 0);
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
  /** Bars at the start at which some indicator has no value, or there is no bar before. */
  warmUp = 1;
  /** Every indicator that was asked for, in order. */
  readonly uses: IndicatorUse[] = [];
  readonly #cache: IndicatorCache;

  constructor(symbol: string, columns: BarColumns, cache: IndicatorCache = new IndicatorCache()) {
    this.symbol = symbol;
    this.#cache = cache;
    this.cursor = new Cursor((indicator, inputs, args) => this.#derive(indicator, inputs, args));
    this.open = new Series("open", columns.open, this.cursor);
    this.high = new Series("high", columns.high, this.cursor);
    this.low = new Series("low", columns.low, this.cursor);
    this.close = new Series("close", columns.close, this.cursor);
    this.volume = new Series("volume", columns.volume, this.cursor);
    this.time = new Series("time", columns.time, this.cursor);
  }

  #derive(indicator: Indicator, series: readonly Series[], args: readonly number[]): Series[] {
    const inputs = series.map(Series.valuesOf);
    const outputs = this.#cache.get(indicator, inputs, args);
    const labels = outputs.map((_column, index) => labelOf(indicator, series, args, index));
    const warmUp = warmUpOf(indicator, series, args);
    this.warmUp = Math.max(this.warmUp, warmUp);
    this.uses.push({ indicator, args, inputs, outputs, labels });
    return outputs.map((column, index) => new Series(labels[index]!, column, this.cursor, warmUp));
  }
}
