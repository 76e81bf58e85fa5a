import { applyIndicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { byFilter } from "./by-steps.ts";
import { exponentialOf } from "./filters.ts";

/** Exponential moving average, weight 2 / (period + 1), begun with the mean of the first `period` values. */
export function ema(input: Series, period: number): Series {
  return applyIndicator(EMA, [input], [period])[0]!;
}

export const EMA = byFilter("ema", ([period]) => period! - 1, exponentialOf);
