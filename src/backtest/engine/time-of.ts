import { given } from "./given.ts";
import type { Market } from "./market.ts";

/** The moment that is being matched: the bar's time, or that of the finer bar within it. */
export function timeOf(market: Market): number {
  return given(market.time) ? market.time : market.columns.time[market.bar]!;
}
