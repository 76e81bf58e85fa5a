import type { Clock } from "../../core/clock.ts";
import { postMortem } from "../../ops/incident/post-mortem.ts";
import type { ImpactRecord } from "../../ports/impact-record.ts";
import type { IncidentStore } from "../../ports/incident-store.ts";
import type { Journal, TimelineJournal } from "../../ports/journal.ts";
import { type IncidentReading, readIncident } from "./read-incident.ts";

/** Trading is looked at from a little before the incident to a little after, to see what it changed. */
const AROUND_MS = 5 * 60_000;

export interface PostMortemDraft extends IncidentReading {
  readonly markdown: string;
}

/**
 * A draft of the post-mortem in Markdown. The journal is verified first: a draft from a record that somebody changed
 * would be worse than none, so it throws (exit `conflict`) and names the row.
 */
export async function writePostMortem(
  ports: {
    readonly incidents: IncidentStore;
    readonly journal: TimelineJournal;
    readonly record: ImpactRecord;
    readonly clock: Clock;
    /** Recomputes the chain; throws when it is broken. */
    readonly verify: (journal: Journal) => Promise<{ readonly rows: number; readonly head: string }>;
  },
  typed: string | undefined,
): Promise<PostMortemDraft> {
  const { rows, head } = await ports.verify(ports.journal);
  const reading = await readIncident(ports, typed);
  const { incident, figures, timeline } = reading;
  const to = (incident.mitigatedAt ?? incident.resolvedAt ?? ports.clock.now()) + AROUND_MS;
  const impact = await ports.record.impact(figures.beganAt - AROUND_MS, to).catch(() => undefined);
  return { ...reading, markdown: postMortem({ incident, timeline, impact, chain: { rows, head } }) };
}
