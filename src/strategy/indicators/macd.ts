import { applyIndicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { bySteps } from "./by-steps.ts";
import { exponentialOf } from "./filters.ts";

export interface Macd {
  /** Fast average less slow average. */
  readonly macd: Series;
  /** Average of `macd`. */
  readonly signal: Series;
  /** `macd` less `signal`. */
  readonly histogram: Series;
}

/** Moving average convergence and divergence of exponential averages. */
export function macd(input: Series, fast = 12, slow = 26, signal = 9): Macd {
  const [line, average, histogram] = applyIndicator(MACD, [input], [fast, slow, signal]);
  return { macd: line!, signal: average!, histogram: histogram! };
}

export const MACD = bySteps({
  name: "macd",
  outputs: ["macd", "signal", "histogram"],
  warmUp: ([fast, slow, signal]) => Math.max(fast!, slow!) - 1 + signal! - 1,
  incremental([fast, slow, signal]) {
    const fastAverage = exponentialOf(fast!);
    const slowAverage = exponentialOf(slow!);
    const signalAverage = exponentialOf(signal!);
    return ([value], outputs) => {
      const line = fastAverage(value!) - slowAverage(value!);
      const average = signalAverage(line);
      outputs[0] = line;
      outputs[1] = average;
      outputs[2] = line - average;
    };
  },
});
