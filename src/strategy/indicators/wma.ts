import { applyIndicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { byFilter } from "./by-steps.ts";
import { Window } from "./filters.ts";

/** Weighted moving average: the newest value weighs `period`, the oldest 1. */
export function wma(input: Series, period: number): Series {
  return applyIndicator(WMA, [input], [period])[0]!;
}

export const WMA = byFilter(
  "wma",
  ([period]) => period! - 1,
  (period) => {
    const window = new Window(period!);
    const weights = (period! * (period! + 1)) / 2;
    return (value) => {
      window.push(value);
      if (!window.full) return Number.NaN;
      let sum = 0;
      for (let ago = 0; ago < period!; ago++) sum += (period! - ago) * window.at(ago);
      return sum / weights;
    };
  },
);
