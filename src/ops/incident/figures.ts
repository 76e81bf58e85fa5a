import type { Incident } from "./incident.ts";
import { firstTrouble, type TimelineEntry } from "./timeline.ts";

/** When an incident passed its stations, computed from the record. Durations in milliseconds; undefined: not yet. */
export interface IncidentFigures {
  readonly beganAt: number;
  /** What says so: an alert, a row of the journal, a person. */
  readonly beganBy: string;
  /** From its beginning until an incident was open. */
  readonly detectMs: number;
  /** From open to acknowledged. */
  readonly acknowledgeMs: number | undefined;
  /** From its beginning until it no longer did harm. */
  readonly mitigateMs: number | undefined;
  readonly resolveMs: number | undefined;
}

export function figuresOf(incident: Incident, timeline: readonly TimelineEntry[]): IncidentFigures {
  const { openedAt, acknowledgedAt, mitigatedAt, resolvedAt } = incident;
  const { beganAt, beganBy } = beginningOf(incident, timeline);
  const since = (at: number | undefined, from: number) => (at === undefined ? undefined : Math.max(0, at - from));
  return {
    beganAt,
    beganBy,
    detectMs: Math.max(0, openedAt - beganAt),
    acknowledgeMs: since(acknowledgedAt, openedAt),
    mitigateMs: since(mitigatedAt, beganAt),
    resolveMs: since(resolvedAt, beganAt),
  };
}

/** The earliest of what is said and what is on record; when nothing speaks of an earlier time, it began as it opened. */
function beginningOf(incident: Incident, timeline: readonly TimelineEntry[]): { beganAt: number; beganBy: string } {
  const { openedAt, source, signals } = incident;
  if (incident.beganAt !== undefined && source === "operator") {
    return { beganAt: incident.beganAt, beganBy: "whoever opened it" };
  }
  const sign = firstTrouble(timeline, openedAt);
  const candidates = [
    ...(incident.beganAt === undefined ? [] : [{ beganAt: incident.beganAt, beganBy: signals[0]?.name ?? source }]),
    ...(sign === undefined ? [] : [{ beganAt: sign.at, beganBy: `row ${sign.seq}: ${sign.what}` }]),
    { beganAt: openedAt, beganBy: "its opening: nothing earlier is on record" },
  ];
  return candidates.reduce((first, one) => (one.beganAt < first.beganAt ? one : first));
}

/** `4.2 s`, `12 min 5 s`, `3 h 20 min`. */
export function spell(ms: number | undefined): string {
  if (ms === undefined) return "-";
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${(ms / 1000).toFixed(1)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}
