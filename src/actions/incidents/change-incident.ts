import { OperatorError } from "../../core/errors.ts";
import type { Audience, Contact } from "../../ops/incident/contact.ts";
import { type Incident, type IncidentRole, type IncidentSeverity, isOver } from "../../ops/incident/incident.ts";
import type { IncidentEvent } from "../../ops/incident/incident-event.ts";
import { noticeOf } from "../../ops/incident/notice.ts";
import type { IncidentCommand, IncidentTurn } from "../../ports/incident-store.ts";
import type { IncidentPorts } from "./incident-ports.ts";
import { atOnce, noticesOfGrading, noticesOfResolution } from "./queue-notices.ts";

/** What a person does to an incident. */
export type IncidentChange =
  | { readonly do: "acknowledge" }
  | { readonly do: "assign"; readonly role: IncidentRole; readonly to: string }
  | { readonly do: "grade"; readonly severity: IncidentSeverity; readonly reason: string }
  | { readonly do: "note"; readonly text: string }
  | { readonly do: "mitigate"; readonly how: string }
  | { readonly do: "reopen"; readonly why: string }
  | { readonly do: "update"; readonly audience: Audience; readonly text: string }
  | { readonly do: "resolve"; readonly how: string };

/**
 * Changes an incident on record, once for each command id. What is so already changes nothing. Throws `notFound` for
 * an id that does not exist, `conflict` for a change that a resolved incident does not take.
 */
export function changeIncident(
  ports: IncidentPorts,
  id: string,
  change: IncidentChange,
  command: IncidentCommand,
  occurredAt = ports.clock.now(),
): Promise<Incident> {
  return ports.incidents.turn(async (turn) => {
    const incident = await turn.find(id);
    if (incident === undefined) throw unknownIncident(id);
    const event = eventOf(incident, change, ports.contacts);
    if (event === undefined || (await turn.isOnRecord(event.kind, command.commandId))) return incident;
    return writeChange(turn, ports, incident, event, command, occurredAt);
  });
}

/** Writes the event, and queues what people are to hear of it. */
export async function writeChange(
  turn: IncidentTurn,
  { contacts, clock }: Pick<IncidentPorts, "contacts" | "clock">,
  before: Incident,
  event: IncidentEvent,
  command: IncidentCommand,
  occurredAt: number,
): Promise<Incident> {
  const { actor } = command;
  const after = await turn.write({ ...event, incident: before.id, actor, occurredAt }, command);
  const now = clock.now();
  if (event.kind === "incident.graded") {
    await turn.queue(noticesOfGrading(after, event.body.from, contacts, now), after.id);
  } else if (event.kind === "incident.resolved") {
    await turn.queue(noticesOfResolution(after, contacts, now), after.id);
  } else if (event.kind === "incident.updated") {
    const notice = noticeOf(after, "update", event.body.text);
    await turn.queue(
      event.body.contacts.map((name) => atOnce(name, notice, now)),
      after.id,
    );
  }
  return after;
}

/** The event that the change is now; undefined when everything is so already. */
function eventOf(incident: Incident, change: IncidentChange, contacts: readonly Contact[]): IncidentEvent | undefined {
  switch (change.do) {
    case "note":
      return { kind: "incident.noted", body: { text: needed("note", change.text) } };
    case "update": {
      const chosen = contacts.filter(({ audience }) => audience === change.audience).map(({ name }) => name);
      const { audience, text } = change;
      return { kind: "incident.updated", body: { audience, text: needed("update", text), contacts: chosen } };
    }
    case "acknowledge":
      if (incident.acknowledgedAt !== undefined) return undefined;
      refuseWhenOver(incident);
      return { kind: "incident.acknowledged", body: {} };
    case "assign": {
      refuseWhenOver(incident);
      const { role } = change;
      const to = needed("name", change.to);
      if (incident.roles[role] === to) return undefined;
      return { kind: "incident.assigned", body: { role, to, from: incident.roles[role] ?? "" } };
    }
    case "grade": {
      refuseWhenOver(incident);
      const { severity, reason } = change;
      if (incident.severity === severity) return undefined;
      return { kind: "incident.graded", body: { severity, from: incident.severity, reason: needed("reason", reason) } };
    }
    case "mitigate":
      if (incident.state === "mitigated") return undefined;
      refuseWhenOver(incident);
      return { kind: "incident.mitigated", body: { how: needed("word on what was done", change.how) } };
    case "reopen":
      if (incident.state !== "mitigated") return undefined;
      return { kind: "incident.reopened", body: { why: needed("reason", change.why) } };
    case "resolve":
      if (isOver(incident)) return undefined;
      return { kind: "incident.resolved", body: { how: needed("word on what ended it", change.how) } };
  }
}

/** The longest text that one entry takes. */
export const LONGEST_TEXT = 8_000;

function needed(what: string, text: string): string {
  const trimmed = text.trim();
  if (trimmed !== "" && trimmed.length <= LONGEST_TEXT) return trimmed;
  throw new OperatorError(`A ${what} is needed.`, {
    exit: "usage",
    code: "TEXT_MISSING",
    expected: `1 to ${LONGEST_TEXT} characters`,
    found: `${trimmed.length}`,
  });
}

function refuseWhenOver(incident: Incident): void {
  if (!isOver(incident)) return;
  throw new OperatorError(`${incident.id} is resolved.`, {
    exit: "conflict",
    code: "INCIDENT_RESOLVED",
    expected: "an incident that goes on",
    found: `resolved: ${incident.resolution ?? ""}`,
    hint: `ttt incident open "${incident.title}"`,
  });
}

export function unknownIncident(id: string): OperatorError {
  return new OperatorError(`There is no incident ${id}.`, {
    exit: "notFound",
    code: "INCIDENT_UNKNOWN",
    found: id,
    hint: "ttt incident list",
  });
}
