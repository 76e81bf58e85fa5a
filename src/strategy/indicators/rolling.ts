import { applyIndicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { byFilter, bySteps } from "./by-steps.ts";
import { extremeOf, meanOf, Window } from "./filters.ts";
import { Moments } from "./moments.ts";

const full = ([period]: readonly number[]): number => period! - 1;

/** The largest of the last `period` values. */
export function highest(input: Series, period: number): Series {
  return applyIndicator(HIGHEST, [input], [period])[0]!;
}
export const HIGHEST = byFilter("highest", full, (period) => extremeOf(period!, 1));

/** The smallest of the last `period` values. */
export function lowest(input: Series, period: number): Series {
  return applyIndicator(LOWEST, [input], [period])[0]!;
}
export const LOWEST = byFilter("lowest", full, (period) => extremeOf(period!, -1));

/** The mean of the last `period` values; `sma` by its statistical name. */
export function rollingMean(input: Series, period: number): Series {
  return applyIndicator(ROLLING_MEAN, [input], [period])[0]!;
}
export const ROLLING_MEAN = byFilter("mean", full, (period) => meanOf(period!));

/** The sum of the last `period` values. */
export function rollingSum(input: Series, period: number): Series {
  return applyIndicator(ROLLING_SUM, [input], [period])[0]!;
}
export const ROLLING_SUM = byFilter("sum", full, (period) => {
  const window = new Window(period!);
  return (value) => {
    window.push(value);
    return window.full ? window.sum : Number.NaN;
  };
});

/** The sample standard deviation (over period - 1) of the last `period` values. */
export function rollingStd(input: Series, period: number): Series {
  return applyIndicator(ROLLING_STD, [input], [period])[0]!;
}
export const ROLLING_STD = byFilter("std", full, (period) => {
  const moments = new Moments(period!);
  return (value) => {
    moments.push(value);
    return moments.full ? Math.sqrt(moments.variance(1)) : Number.NaN;
  };
});

/** How many sample standard deviations the newest value is above the mean; 0 when the values do not vary. */
export function zscore(input: Series, period: number): Series {
  return applyIndicator(ZSCORE, [input], [period])[0]!;
}
export const ZSCORE = byFilter("zscore", full, (period) => {
  const moments = new Moments(period!);
  return (value) => {
    moments.push(value);
    if (!moments.full) return Number.NaN;
    const deviation = Math.sqrt(moments.variance(1));
    return deviation === 0 ? 0 : (value - moments.mean) / deviation;
  };
});

/** Pearson's correlation of the last `period` pairs; NaN when one of them does not vary. */
export function correlation(a: Series, b: Series, period: number): Series {
  return applyIndicator(CORRELATION, [a, b], [period])[0]!;
}
export const CORRELATION = bySteps({
  name: "correlation",
  warmUp: full,
  incremental([period]) {
    const a = new Window(period!);
    const b = new Window(period!);
    return (inputs, outputs) => {
      a.push(inputs[0]!);
      b.push(inputs[1]!);
      outputs[0] = a.full && b.full ? correlationOf(a, b) : Number.NaN;
    };
  },
});

/** Two passes over the window: exact enough for prices that hardly move. */
function correlationOf(a: Window, b: Window): number {
  const [meanA, meanB] = [a.sum / a.period, b.sum / b.period];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.period; i++) {
    const [da, db] = [a.values[i]! - meanA, b.values[i]! - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa === 0 || bb === 0 ? Number.NaN : Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)));
}

/** Slope of the least-squares line through the last `period` values, per bar. */
export function slope(input: Series, period: number): Series {
  return applyIndicator(SLOPE, [input], [period])[0]!;
}
export const SLOPE = byFilter("slope", full, (period) => {
  const window = new Window(period!);
  const middle = (period! - 1) / 2;
  const spread = (period! * (period! * period! - 1)) / 12;
  return (value) => {
    window.push(value);
    if (!window.full) return Number.NaN;
    let sum = 0;
    for (let ago = 0; ago < period!; ago++) sum += (middle - ago) * window.at(ago);
    return sum / spread;
  };
});

/** Change over `period` bars as a fraction of the earlier value. */
export function rateOfChange(input: Series, period: number): Series {
  return applyIndicator(RATE_OF_CHANGE, [input], [period])[0]!;
}
export const RATE_OF_CHANGE = byFilter(
  "roc",
  ([period]) => period!,
  (period) => {
    const window = new Window(period!);
    return (value) => {
      const earlier = window.push(value);
      return value / earlier - 1;
    };
  },
);
