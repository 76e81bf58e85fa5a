/** One look at an instance: a beat of its own, or a probe from outside. */
export interface HealthSample {
  readonly healthy: boolean;
  /** What was seen: `event loop stood still for 812 ms`, `readiness http /healthz: timeout`. */
  readonly words: string;
}

/** Counts of looks in a row. A change of mind needs several, so that one bad moment changes nothing. */
export interface HealthRecord {
  readonly good: number;
  readonly bad: number;
  /** `unknown` until the first good look, which is believed at once, or the first bad ones in a row. */
  readonly verdict: "unknown" | "healthy" | "unhealthy";
  /** What made it unhealthy; empty when it is not. */
  readonly words: string;
}

export const NEW_HEALTH: HealthRecord = { good: 0, bad: 0, verdict: "unknown", words: "" };

/** Of beats, which come four times a second. */
export const BEAT_THRESHOLDS: Thresholds = { good: 4, bad: 3 };

export interface Thresholds {
  readonly good: number;
  readonly bad: number;
}

/** The record after one more look. */
export function observeHealth(record: HealthRecord, sample: HealthSample, thresholds: Thresholds): HealthRecord {
  const { healthy, words } = sample;
  if (healthy) {
    const good = record.good + 1;
    const isBelieved = record.verdict !== "unhealthy" || good >= thresholds.good;
    return isBelieved ? { good, bad: 0, verdict: "healthy", words: "" } : { ...record, good, bad: 0 };
  }
  const bad = record.bad + 1;
  if (record.verdict === "unhealthy" || bad < thresholds.bad) return { ...record, good: 0, bad };
  return { good: 0, bad, verdict: "unhealthy", words };
}
