import { assert } from "../core/errors.ts";
import type { Bar } from "../trading/bar.ts";
import type { Bars } from "./bars.ts";
import { type Indicator, type IndicatorStep, labelOf, warmUpOf } from "./indicator.ts";
import { Cursor, Series } from "./series.ts";

/** Bars that a live run keeps for `at(barsAgo)`: older ones read as NaN. */
export const DEFAULT_HISTORY_BARS = 4096;

interface LiveIndicator {
  readonly step: IndicatorStep;
  readonly inputs: readonly Column[];
  readonly outputs: readonly Column[];
  readonly newestInputs: Float64Array;
  readonly newestOutputs: Float64Array;
}

/** The bars of one instrument in a live run: they grow by `append`, and every indicator takes its step. */
export class GrowingColumns implements Bars {
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
  /** Bars appended since the start. */
  count = 0;
  readonly #columns = new Map<Series, Column>();
  readonly #indicators: LiveIndicator[] = [];
  readonly #history: number;

  /** `history` bars at least stay readable; memory is bounded by twice as many. */
  constructor(symbol: string, history = DEFAULT_HISTORY_BARS) {
    this.symbol = symbol;
    this.#history = history;
    this.cursor = new Cursor((indicator, inputs, args) => this.#derive(indicator, inputs, args));
    this.open = this.#add("open");
    this.high = this.#add("high");
    this.low = this.#add("low");
    this.close = this.#add("close");
    this.volume = this.#add("volume");
    this.time = this.#add("time");
  }

  /** Takes the bar that has just closed: afterwards every series stands on it. */
  append(bar: Bar): void {
    if (this.cursor.index + 1 === 2 * this.#history) this.#forgetOldHalf();
    this.cursor.index += 1;
    this.count += 1;
    for (const series of [this.open, this.high, this.low, this.close, this.volume, this.time]) {
      this.#columnOf(series).values[this.cursor.index] = bar[series.label as keyof Bar];
    }
    for (const indicator of this.#indicators) this.#advance(indicator);
  }

  #derive(indicator: Indicator, inputs: readonly Series[], args: readonly number[]): Series[] {
    assert(this.count === 0, `${indicator.name} must be set up before the first bar`);
    const warmUp = warmUpOf(indicator, inputs, args);
    this.warmUp = Math.max(this.warmUp, warmUp);
    const made = (indicator.outputs ?? [""]).map((_name, index) =>
      this.#add(labelOf(indicator, inputs, args, index), warmUp),
    );
    this.#indicators.push({
      step: indicator.incremental(args),
      inputs: inputs.map((input) => this.#columnOf(input)),
      outputs: made.map((output) => this.#columnOf(output)),
      newestInputs: new Float64Array(inputs.length),
      newestOutputs: new Float64Array(made.length),
    });
    return made;
  }

  #advance({ step, inputs, outputs, newestInputs, newestOutputs }: LiveIndicator): void {
    const { index } = this.cursor;
    for (const [slot, column] of inputs.entries()) newestInputs[slot] = column.values[index]!;
    step(newestInputs, newestOutputs);
    for (const [slot, column] of outputs.entries()) column.values[index] = newestOutputs[slot]!;
  }

  #add(label: string, warmUp = 0): Series {
    const values = new Float64Array(2 * this.#history);
    const series = new Series(label, values, this.cursor, warmUp);
    this.#columns.set(series, { values });
    return series;
  }

  #columnOf(series: Series): Column {
    const column = this.#columns.get(series);
    assert(column, `${series.label} belongs to other bars`);
    return column;
  }

  #forgetOldHalf(): void {
    for (const { values } of this.#columns.values()) values.copyWithin(0, this.#history);
    this.cursor.index -= this.#history;
  }
}

interface Column {
  readonly values: Float64Array;
}
