import { type Clock, sleep } from "../../core/clock.ts";
import type { Incident } from "../../ops/incident/incident.ts";
import { isOver } from "../../ops/incident/incident.ts";
import type { Closable } from "../../ports/closable.ts";
import type { IncidentStore } from "../../ports/incident-store.ts";
import type { TimelineJournal } from "../../ports/journal.ts";
import type { IncidentView } from "../desk-feed.ts";
import { readIncident } from "../incidents/read-incident.ts";
import { keepTrying } from "./keep-trying.ts";
import type { DeskSender } from "./sender.ts";

export interface IncidentRecord extends Closable {
  readonly incidents: IncidentStore;
  readonly journal: TimelineJournal;
}

const POLL_MS = 5_000;
const SHOWN = 50;
/** Timelines are read for what is open now, and no more often than this: the journal is long. */
const TIMELINE_EVERY_MS = 10_000;
const MOST_TIMELINES = 5;
const MOST_ENTRIES = 60;

/** The newest incidents as messages, those that are not over with their timelines. */
export function watchIncidents(
  open: () => Promise<IncidentRecord>,
  clock: Clock,
  send: DeskSender,
  signal: AbortSignal,
): Promise<void> {
  const attempt = async (): Promise<undefined> => {
    const record = await open();
    const timelines = new Map<string, { readonly at: number; readonly entries: IncidentView["timeline"] }>();
    let last = "";
    try {
      while (!signal.aborted) {
        const found = await record.incidents.list({ open: false, limit: SHOWN });
        for (const incident of found.filter((one) => !isOver(one)).slice(0, MOST_TIMELINES)) {
          const known = timelines.get(incident.id);
          if (known !== undefined && clock.monotonic() - known.at < TIMELINE_EVERY_MS) continue;
          const { timeline } = await readIncident(record, incident.id);
          const entries = timeline.slice(-MOST_ENTRIES).map(({ at, who, what }) => ({ at, by: who, text: what }));
          timelines.set(incident.id, { at: clock.monotonic(), entries });
        }
        const incidents = found.map((one) => viewOf(one, timelines.get(one.id)?.entries ?? []));
        const text = JSON.stringify(incidents);
        const at = clock.now();
        if (text === last) send({ topic: "incidents", kind: "heard", at });
        else send({ topic: "incidents", kind: "snapshot", at, incidents });
        last = text;
        await sleep(clock, POLL_MS, signal);
      }
    } finally {
      await record.close();
    }
  };
  return keepTrying(clock, signal, attempt, (loss) =>
    send({ topic: "incidents", kind: "lost", at: clock.now(), ...loss }),
  );
}

function viewOf(incident: Incident, timeline: IncidentView["timeline"]): IncidentView {
  const { id, title, summary, severity, state, openedAt, openedBy, roles, runbook, signals, resolvedAt } = incident;
  const lead = roles.commander;
  return {
    ...{ id, title, summary, severity, state, openedAt, openedBy, timeline },
    signals: signals.map(({ name, status }) => `${name} ${status}`),
    ...(lead !== undefined && { lead }),
    ...(runbook !== undefined && { runbook }),
    ...(resolvedAt !== undefined && { resolvedAt }),
  };
}
