/** Points that a chart needs: no more than it has columns, and none of the extremes lost. */
export const MAX_POINTS = 1600;

/**
 * Indices of at most about `count` values such that a line through them looks the same: of every bucket the first, the
 * least and the largest, and the very last.
 */
export function thin(values: ArrayLike<number>, count = MAX_POINTS): number[] {
  const length = values.length;
  if (length <= count) return Array.from({ length }, (_, i) => i);
  const buckets = Math.floor(count / 3);
  const kept = new Set<number>();
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = Math.floor((bucket * length) / buckets);
    const end = Math.floor(((bucket + 1) * length) / buckets);
    let [low, high] = [start, start];
    for (let i = start; i < end; i++) {
      if (values[i]! < values[low]!) low = i;
      if (values[i]! > values[high]!) high = i;
    }
    for (const i of [start, low, high].sort((a, b) => a - b)) kept.add(i);
  }
  kept.add(length - 1);
  return [...kept];
}
