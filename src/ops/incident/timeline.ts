import { fieldsOf, type JournalRecord, occurredAt, textIn } from "../journal-record.ts";
import { describeRecord } from "./describe-record.ts";
import type { Incident } from "./incident.ts";

/** One line of an incident's timeline: a row of the journal, and nothing that a person has written down elsewhere. */
export interface TimelineEntry {
  /** Number of the row in the journal. */
  readonly seq: number;
  /** Milliseconds since the epoch, UTC. */
  readonly at: number;
  readonly kind: string;
  readonly who: string;
  readonly what: string;
}

/** How long before its beginning an incident's causes are looked for. */
export const LOOK_BACK_MS = 15 * 60_000;
/** After its end, for what was taken up late. */
export const LOOK_AFTER_MS = 60 * 60_000;

/** Rows that say that something is wrong, whoever noticed it when. */
const TROUBLE: ReadonlySet<string> = new Set([
  "service.failed",
  "service.quarantined",
  "service.hung",
  "service.degraded",
]);
/** Rows by which a killed run is picked up again: what became of each step is in the row of its end. */
const INNER: ReadonlySet<string> = new Set(["runbook.step-started", "runbook.step-process", "runbook.rechecked"]);
/** Rows that say that somebody changed something: the first suspects. */
const CHANGES =
  /^(command\.ran|service\.reloaded|supervisor\.started|flag\.|risk-limit\.|token\.|trading-level\.|migration|release|secret)/;

/** Everything on record from `LOOK_BACK_MS` before the incident began to its end, by the time it happened. */
export function timelineOf(incident: Incident, records: readonly JournalRecord[]): TimelineEntry[] {
  const from = (incident.beganAt ?? incident.openedAt) - LOOK_BACK_MS;
  const to = incident.resolvedAt ?? Number.POSITIVE_INFINITY;
  const seen = new Set<number>();
  return records
    .filter((record) => {
      const owner = incidentOf(record);
      const at = occurredAt(record);
      const isWanted = owner === undefined ? at >= from && at <= to : owner === incident.id;
      if (!isWanted || isInner(record) || seen.has(record.seq)) return false;
      seen.add(record.seq);
      return true;
    })
    .map((record) => ({
      seq: record.seq,
      at: occurredAt(record),
      kind: record.kind,
      who: record.actor,
      what: describeRecord(record),
    }))
    .sort((a, b) => a.at - b.at || a.seq - b.seq);
}

/** What was changed in the time before the incident began, newest first: where to look for its cause. */
export function changesBefore(timeline: readonly TimelineEntry[], beganAt: number): TimelineEntry[] {
  return timeline.filter(({ at, kind }) => at <= beganAt && CHANGES.test(kind)).toReversed();
}

/** The first sign of trouble on record before anybody opened the incident. */
export function firstTrouble(timeline: readonly TimelineEntry[], openedAt: number): TimelineEntry | undefined {
  return timeline.find(({ at, kind }) => at <= openedAt && TROUBLE.has(kind));
}

function isInner(record: JournalRecord): boolean {
  if (INNER.has(record.kind)) return true;
  return record.kind === "runbook.step-ended" && textIn(fieldsOf(record), "state") === "skipped";
}

/** The incident that a row is about; undefined for rows about anything else. */
function incidentOf(record: JournalRecord): string | undefined {
  return record.kind.startsWith("incident.") ? textIn(fieldsOf(record), "incident") : undefined;
}
