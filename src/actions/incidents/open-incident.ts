import { randomBytes } from "node:crypto";
import { OperatorError } from "../../core/errors.ts";
import type { Incident, IncidentSeverity, IncidentSource } from "../../ops/incident/incident.ts";
import type { Opened } from "../../ops/incident/incident-event.ts";
import { incidentId } from "../../ops/incident/incident-id.ts";
import type { IncidentCommand, IncidentTurn } from "../../ports/incident-store.ts";
import type { IncidentPorts } from "./incident-ports.ts";
import { noticesOfOpening } from "./queue-notices.ts";

/** A whole incident to open: with its id, so that it is the same one wherever and whenever it is written. */
export interface OpenRequest {
  readonly id: string;
  readonly occurredAt: number;
  readonly opened: Opened;
}

/** What a person says to open an incident. */
export interface IncidentWish {
  readonly title: string;
  readonly severity: IncidentSeverity;
  readonly summary?: string;
  /** When it began, if that is known. */
  readonly beganAt?: number;
  readonly links?: readonly string[];
  readonly runbook?: string;
  readonly source?: IncidentSource;
}

/** The longest title that every channel shows whole. */
export const LONGEST_TITLE = 200;
const DEFAULT_RUNBOOK = "incident-response";

/** The request for a new incident. Throws (exit `usage`) when it says nothing. */
export function requestIncident(wish: IncidentWish, now: number): OpenRequest {
  const title = wish.title.trim().replaceAll(/\s+/g, " ");
  if (title === "" || title.length > LONGEST_TITLE) {
    throw new OperatorError("An incident needs a title.", {
      exit: "usage",
      code: "INCIDENT_TITLE",
      expected: `one line of at most ${LONGEST_TITLE} characters`,
      found: title === "" ? "nothing" : `${title.length} characters`,
    });
  }
  const { severity, summary = "", beganAt, links = [], runbook = DEFAULT_RUNBOOK, source = "operator" } = wish;
  return {
    id: incidentId(now, randomBytes(5)),
    occurredAt: now,
    opened: {
      ...{ title, severity, summary, source, links, runbook, signals: [], keys: [] },
      ...(beganAt !== undefined && { beganAt: Math.min(beganAt, now) }),
    },
  };
}

/** Opens an incident and queues the notices about it, once: the same request again changes nothing. */
export function openIncident(
  ports: IncidentPorts,
  request: OpenRequest,
  command: IncidentCommand,
  told: readonly string[] = [],
): Promise<{ readonly incident: Incident; readonly created: boolean }> {
  return ports.incidents.turn(async (turn) => {
    const known = await turn.find(request.id);
    if (known !== undefined) return { incident: known, created: false };
    return { incident: await openWithin(turn, ports, request, command, told), created: true };
  });
}

/** The same inside a turn that decides whether to open at all. */
export async function openWithin(
  turn: IncidentTurn,
  { contacts, clock }: Pick<IncidentPorts, "contacts" | "clock">,
  { id, occurredAt, opened }: OpenRequest,
  command: IncidentCommand,
  told: readonly string[] = [],
): Promise<Incident> {
  const { actor } = command;
  const event = { kind: "incident.opened", incident: id, actor, occurredAt, body: opened } as const;
  const incident = await turn.write(event, command);
  for (const contact of told) {
    const channel = contacts.find(({ name }) => name === contact)?.channel ?? "";
    const body = { contact, channel, what: "opened", attempts: 1 };
    await turn.write({ kind: "incident.notified", incident: id, actor, occurredAt, body }, command);
  }
  await turn.queue(noticesOfOpening(incident, contacts, clock.now(), told), id);
  return incident;
}
