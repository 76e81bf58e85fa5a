/** The last value of every UTC day (or longer period) that has one. */
export function lastOfEach(
  values: Float64Array,
  time: Float64Array,
  periodOf: (timeMs: number) => number,
): Float64Array {
  const result = new Float64Array(values.length);
  let count = 0;
  let current = Number.NaN;
  for (let i = 0; i < values.length; i++) {
    const period = periodOf(time[i]!);
    if (period !== current) count++;
    current = period;
    result[count - 1] = values[i]!;
  }
  return result.subarray(0, count);
}

const DAY_MS = 86_400_000;

export const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS);
/** Weeks that end on Sunday. The epoch was a Thursday. */
export const weekOf = (timeMs: number): number => Math.floor((timeMs / DAY_MS + 3) / 7);
export const yearOf = (timeMs: number): number => new Date(timeMs).getUTCFullYear();

export function monthOf(timeMs: number): number {
  const date = new Date(timeMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
