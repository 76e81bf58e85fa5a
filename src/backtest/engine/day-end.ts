import { localTimes, offsetAt } from "../data/time-zone.ts";

const DAY_MS = 86_400_000;

/** The last millisecond of the day that clocks in `zone` show at `timeMs`: when a day order ends. */
export function endOfDay(timeMs: number, zone: string): number {
  if (zone === "UTC") return Math.floor(timeMs / DAY_MS) * DAY_MS + DAY_MS - 1;
  const offset = offsetAt(timeMs, zone);
  const midnight = Math.floor((timeMs + offset) / DAY_MS) * DAY_MS + DAY_MS;
  // Where clocks skip midnight, the day ends as they do.
  const [first = midnight - offset] = localTimes(midnight, zone);
  return first - 1;
}
