import { assert } from "../core/errors.ts";
import { Series } from "./series.ts";

/**
 * An indicator in its two forms, which must agree bit for bit: `batch` over whole columns for a backtest,
 * `incremental` one bar at a time for a live run. Outputs are NaN during warm-up. Neither may read ahead.
 */
export interface Indicator {
  /** Lower case, as it appears in labels: `sma`. */
  readonly name: string;
  /** Names of the outputs when there is more than one: `["macd", "signal", "histogram"]`. */
  readonly outputs?: readonly string[];
  /** Bars at the start without a value, beyond the warm-up of the inputs. */
  warmUp(args: readonly number[]): number;
  /** Fills `outputs` (one column each, as long as the inputs) from `inputs`. */
  batch(inputs: readonly Float64Array[], args: readonly number[], outputs: readonly Float64Array[]): void;
  /** `batch` writes every element of its outputs, NaN included, so that they need not be cleared before. */
  readonly writesAll?: boolean;
  /** Starts afresh; the step takes the newest value of each input and writes the newest of each output. */
  incremental(args: readonly number[]): IndicatorStep;
}

export type IndicatorStep = (inputs: Float64Array, outputs: Float64Array) => void;

/** The series of every output of an indicator over series of one instrument. */
export function applyIndicator(
  indicator: Indicator,
  inputs: readonly Series[],
  args: readonly number[] = [],
): Series[] {
  const [first] = inputs;
  assert(first, `${indicator.name} needs an input`);
  const cursor = Series.cursorOf(first);
  for (const input of inputs) {
    if (Series.cursorOf(input) !== cursor) {
      throw new TypeError(`${indicator.name}: ${input.label} and ${first.label} belong to different instruments`);
    }
  }
  return cursor.derive(indicator, inputs, args);
}

/** The label of output `index`: `sma(close, 10)`, `macd(close, 12, 26, 9).signal`. */
export function labelOf(
  indicator: Indicator,
  inputs: readonly Series[],
  args: readonly number[],
  index: number,
): string {
  const call = `${indicator.name}(${[...inputs.map((input) => input.label), ...args].join(", ")})`;
  const output = indicator.outputs?.[index];
  return output === undefined ? call : `${call}.${output}`;
}

/** The longest warm-up among the inputs, and the indicator's own after it. */
export function warmUpOf(indicator: Indicator, inputs: readonly Series[], args: readonly number[]): number {
  return Math.max(...inputs.map((input) => input.warmUp)) + indicator.warmUp(args);
}
