import type { BarColumns } from "../../trading/bar.ts";
import { emptyColumns } from "./repair-bars.ts";
import { sliceByRow } from "./slice-bars.ts";

/** Where a coarser bar begins: a multiple of milliseconds, or the first of a month. */
export type Bucket = { readonly kind: "interval"; readonly ms: number } | { readonly kind: "month" };

const DAY_MS = 86_400_000;
/** Weeks begin on Monday; the epoch was a Thursday. */
const MONDAY_OFFSET_MS = 4 * DAY_MS;

/**
 * Joins bars into coarser ones: first open, highest high, lowest low, last close, summed volume. A new bar carries the
 * start of its bucket as its time (UTC; weeks from Monday), whatever the times within. Empty buckets make no bar.
 */
export function resampleBars(columns: BarColumns, bucket: Bucket): BarColumns {
  const length = columns.time.length;
  const result = emptyColumns(length);
  let count = 0;
  let current = Number.NaN;
  for (let i = 0; i < length; i++) {
    const start = bucketStart(columns.time[i]!, bucket);
    if (start !== current) {
      current = start;
      result.time[count] = start;
      result.open[count] = columns.open[i]!;
      result.high[count] = columns.high[i]!;
      result.low[count] = columns.low[i]!;
      count++;
    }
    const last = count - 1;
    result.high[last] = Math.max(result.high[last]!, columns.high[i]!);
    result.low[last] = Math.min(result.low[last]!, columns.low[i]!);
    result.close[last] = columns.close[i]!;
    result.volume[last]! += columns.volume[i]!;
  }
  return sliceByRow(result, 0, count);
}

function bucketStart(timeMs: number, bucket: Bucket): number {
  if (bucket.kind === "month") {
    const date = new Date(timeMs);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  const offset = bucket.ms % (7 * DAY_MS) === 0 ? MONDAY_OFFSET_MS : 0;
  return Math.floor((timeMs - offset) / bucket.ms) * bucket.ms + offset;
}
