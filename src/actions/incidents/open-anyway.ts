import { messageOf, OperatorError } from "../../core/errors.ts";
import type { Incident } from "../../ops/incident/incident.ts";
import { applyIncidentEvent } from "../../ops/incident/incident-event.ts";
import { INCIDENT_ID } from "../../ops/incident/incident-id.ts";
import type { IncidentCommand } from "../../ports/incident-store.ts";
import type { JournalSpool } from "../../ports/journal-spool.ts";
import { changeIncident, type IncidentChange } from "./change-incident.ts";
import type { IncidentPorts } from "./incident-ports.ts";
import { type OpenRequest, openIncident } from "./open-incident.ts";
import { findIncident } from "./read-incident.ts";
import { SPOOLED_CHANGE, SPOOLED_OPENING } from "./take-up-spool.ts";

/** Where an incident or a change of it is kept for now. */
export type Kept = { readonly kept: "database" } | { readonly kept: "disk"; readonly because: string };

export interface AnywayPorts {
  /** Rejects when the database is away: `hasty` after less than a second, for what can be kept on disk instead. */
  readonly connect: (patience: "hasty" | "patient") => Promise<IncidentPorts>;
  readonly spool: JournalSpool;
}

/**
 * Opens an incident whatever is down: in the database, or else on this host's disk, from where it is taken up once.
 * When it is not known whether the database took it, it is kept twice, and is still one: it has the same id.
 */
export async function openAnyway(
  { connect, spool }: AnywayPorts,
  request: OpenRequest,
  command: IncidentCommand,
): Promise<Kept & { readonly incident: Incident }> {
  try {
    const { incident } = await openIncident(await connect("hasty"), request, command);
    return { kept: "database", incident };
  } catch (error) {
    const { id, occurredAt, opened } = request;
    spool.put({ kind: SPOOLED_OPENING, ...command, occurredAt, body: { request } });
    const event = { kind: "incident.opened", incident: id, actor: command.actor, occurredAt, body: opened } as const;
    return { kept: "disk", because: messageOf(error), incident: applyIncidentEvent(undefined, event) };
  }
}

/**
 * Changes the incident that was meant. While the database is away the change is kept on disk, for an id that was
 * typed whole: nothing else can say which one is meant.
 */
export async function changeAnyway(
  { connect, spool }: AnywayPorts,
  target: { readonly typed: string | undefined; readonly change: IncidentChange; readonly occurredAt: number },
  command: IncidentCommand,
): Promise<Kept & { readonly incident: Incident | undefined }> {
  const { typed, change, occurredAt } = target;
  const mayWait = typed !== undefined && INCIDENT_ID.test(typed);
  try {
    const ports = await connect(mayWait ? "hasty" : "patient");
    const { id } = await findIncident(ports.incidents, typed);
    return { kept: "database", incident: await changeIncident(ports, id, change, command, occurredAt) };
  } catch (error) {
    if (!isAway(error) || !mayWait) throw error;
    spool.put({ kind: SPOOLED_CHANGE, ...command, occurredAt, body: { incident: typed, change } });
    return { kept: "disk", because: messageOf(error), incident: undefined };
  }
}

const isAway = (error: unknown): boolean =>
  error instanceof OperatorError && ["outage", "notRunning", "timeout"].includes(error.details.exit);
