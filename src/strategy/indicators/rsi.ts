import { applyIndicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { byFilter } from "./by-steps.ts";
import { wilderOf } from "./filters.ts";

/** Relative strength index (Wilder), 0 to 100; 50 when the value has not moved at all. */
export function rsi(input: Series, period = 14): Series {
  return applyIndicator(RSI, [input], [period])[0]!;
}

export const RSI = byFilter(
  "rsi",
  ([period]) => period!,
  (period) => {
    const gains = wilderOf(period!);
    const losses = wilderOf(period!);
    let previous = Number.NaN;
    return (value) => {
      const change = value - previous;
      previous = value;
      const gain = gains(Number.isNaN(change) ? change : Math.max(change, 0));
      const loss = losses(Number.isNaN(change) ? change : Math.max(-change, 0));
      return gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
    };
  },
);
