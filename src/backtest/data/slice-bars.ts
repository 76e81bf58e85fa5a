import type { BarColumns } from "../../trading/bar.ts";

/** Row of the first bar at or after `timeMs`; the number of bars when there is none. */
export function firstAtOrAfter(time: Float64Array, timeMs: number): number {
  let low = 0;
  let high = time.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (time[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The bars with `from <= time < to` (milliseconds), as views of the same memory. */
export function sliceByTime(columns: BarColumns, from?: number, to?: number): BarColumns {
  if (from === undefined && to === undefined) return columns;
  const start = from === undefined ? 0 : firstAtOrAfter(columns.time, from);
  const end = to === undefined ? columns.time.length : firstAtOrAfter(columns.time, to);
  return sliceByRow(columns, start, Math.max(start, end));
}

/** Bars [start, end), as views of the same memory. */
export function sliceByRow(columns: BarColumns, start: number, end: number): BarColumns {
  return {
    time: columns.time.subarray(start, end),
    open: columns.open.subarray(start, end),
    high: columns.high.subarray(start, end),
    low: columns.low.subarray(start, end),
    close: columns.close.subarray(start, end),
    volume: columns.volume.subarray(start, end),
  };
}
