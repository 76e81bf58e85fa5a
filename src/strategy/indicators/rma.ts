import { applyIndicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { byFilter } from "./by-steps.ts";
import { wilderOf } from "./filters.ts";

/** Wilder's moving average: exponential with weight 1 / period, begun with the mean of the first `period` values. */
export function rma(input: Series, period: number): Series {
  return applyIndicator(RMA, [input], [period])[0]!;
}

export const RMA = byFilter("rma", ([period]) => period! - 1, wilderOf);
