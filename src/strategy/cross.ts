import type { Series } from "./series.ts";

/** Whether `a` has just risen above `b` (a series or a level): not above one bar ago, above now. */
export function crossedAbove(a: Series, b: Series | number): boolean {
  return typeof b === "number" ? a.now > b && a.prev <= b : a.now > b.now && a.prev <= b.prev;
}

/** Whether `a` has just fallen below `b` (a series or a level): not below one bar ago, below now. */
export function crossedBelow(a: Series, b: Series | number): boolean {
  return typeof b === "number" ? a.now < b && a.prev >= b : a.now < b.now && a.prev >= b.prev;
}
