import { OperatorError } from "../../core/errors.ts";
import { figuresOf, type IncidentFigures } from "../../ops/incident/figures.ts";
import type { Incident } from "../../ops/incident/incident.ts";
import { means } from "../../ops/incident/incident-id.ts";
import { LOOK_AFTER_MS, LOOK_BACK_MS, type TimelineEntry, timelineOf } from "../../ops/incident/timeline.ts";
import type { IncidentStore } from "../../ports/incident-store.ts";
import type { TimelineJournal } from "../../ports/journal.ts";
import { unknownIncident } from "./change-incident.ts";

/** An incident with everything that is on record around it. */
export interface IncidentReading {
  readonly incident: Incident;
  readonly figures: IncidentFigures;
  readonly timeline: readonly TimelineEntry[];
}

/** Rows of the journal that one timeline looks through. */
const MOST_ROWS = 20_000;
const MOST_OPEN = 100;

/**
 * The incident that was meant: a whole id, its last letters, or nothing when just one is open; with `orNewest` also
 * nothing when none is. Throws `notFound`, or `usage` when it may be several.
 */
export async function findIncident(
  incidents: IncidentStore,
  typed: string | undefined,
  options: { readonly orNewest?: boolean } = {},
): Promise<Incident> {
  const found =
    typed === undefined
      ? await incidents.list({ open: true, limit: MOST_OPEN })
      : (await incidents.find(typed)).filter(({ id }) => means(typed, id));
  if (found.length === 0 && typed === undefined && options.orNewest) {
    const [newest] = await incidents.list({ open: false, limit: 1 });
    if (newest !== undefined) return newest;
  }
  const [only, ...others] = found;
  if (only === undefined) throw typed === undefined ? nothingOpen() : unknownIncident(typed);
  if (others.length === 0) return only;
  throw new OperatorError("That may be several incidents.", {
    exit: "usage",
    code: "INCIDENT_AMBIGUOUS",
    expected: "the id of one",
    found: found
      .slice(0, 10)
      .map(({ id, title }) => `${id} (${title})`)
      .join(", "),
  });
}

/** The incident's timeline out of the journal, and the times computed from it. */
export async function readIncident(
  { incidents, journal }: { readonly incidents: IncidentStore; readonly journal: TimelineJournal },
  typed: string | undefined,
): Promise<IncidentReading> {
  const incident = await findIncident(incidents, typed, { orNewest: true });
  const from = Math.min(incident.beganAt ?? incident.openedAt, incident.openedAt) - LOOK_BACK_MS;
  // Rows are found by when they were written; what waited on a disk was written later than it happened.
  const to = incident.resolvedAt === undefined ? Number.MAX_SAFE_INTEGER / 1_000 : incident.resolvedAt + LOOK_AFTER_MS;
  const records = [...(await journal.between(from, to, MOST_ROWS)), ...(await journal.ofIncident(incident.id))];
  const timeline = timelineOf(incident, records);
  return { incident, timeline, figures: figuresOf(incident, timeline) };
}

function nothingOpen(): OperatorError {
  return new OperatorError("No incident is open.", {
    exit: "notFound",
    code: "INCIDENT_NONE_OPEN",
    hint: "ttt incident open TITLE",
  });
}
