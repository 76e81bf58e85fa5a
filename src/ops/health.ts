/** One look at an instance: a beat of its own, or a probe from outside. */
export interface HealthSample {
  readonly healthy: boolean;
  /** What was seen: `event loop lag 812 ms`, `no answer within 1000 ms`. */
  readonly detail: string;
}

/** Counts of looks in a row. A change of mind needs several, so that one bad moment changes nothing. */
export interface HealthRecord {
  readonly good: number;
  readonly bad: number;
  readonly last: string;
}

export type HealthVerdict = "unchanged" | "healthy" | "unhealthy";

export const NEW_HEALTH: HealthRecord = { good: 0, bad: 0, last: "" };

const GOOD_IN_A_ROW = 4;
const BAD_IN_A_ROW = 3;

/** The record after one more look, and whether it changes the mind. */
export function observeHealth(record: HealthRecord, sample: HealthSample): [HealthRecord, HealthVerdict] {
  const next = sample.healthy
    ? { good: record.good + 1, bad: 0, last: sample.detail }
    : { good: 0, bad: record.bad + 1, last: sample.detail };
  if (next.good === GOOD_IN_A_ROW) return [next, "healthy"];
  if (next.bad === BAD_IN_A_ROW) return [next, "unhealthy"];
  return [next, "unchanged"];
}

/** Milliseconds between probes: fast until ready, faster still when in doubt, slow when all is well. */
export function probeInterval(state: "starting" | "doubt" | "well"): number {
  return { starting: 50, doubt: 200, well: 2_000 }[state];
}
