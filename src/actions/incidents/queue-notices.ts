import type { Contact } from "../../ops/incident/contact.ts";
import { type Incident, type IncidentSeverity, isAtLeastAsBad } from "../../ops/incident/incident.ts";
import {
  escalationNotice,
  type Notice,
  openedNotice,
  type QueuedNotice,
  resolvedNotice,
} from "../../ops/incident/notice.ts";

/**
 * What is to be said about a new incident: at once to those who always hear of it, and later to those who are asked
 * when nobody has acknowledged. `told` were told already, while the database was away.
 */
export function noticesOfOpening(
  incident: Incident,
  contacts: readonly Contact[],
  now: number,
  told: readonly string[] = [],
): QueuedNotice[] {
  return contacts
    .filter((contact) => hears(contact, incident.severity) && !told.includes(contact.name))
    .map(({ name, afterSeconds }) =>
      afterSeconds === 0
        ? atOnce(name, openedNotice(incident), now)
        : {
            contact: name,
            notice: escalationNotice(incident, afterSeconds),
            dueAt: incident.openedAt + afterSeconds * 1_000,
            unlessAcknowledged: true,
          },
    );
}

/** Those who were not told of it while it was less bad, and would have been told had it begun like this. */
export function noticesOfGrading(
  incident: Incident,
  from: IncidentSeverity,
  contacts: readonly Contact[],
  now: number,
): QueuedNotice[] {
  return noticesOfOpening(
    incident,
    contacts.filter((contact) => !hears(contact, from)),
    now,
  );
}

/** Whoever was told at once that it began is told that it is over. */
export function noticesOfResolution(incident: Incident, contacts: readonly Contact[], now: number): QueuedNotice[] {
  return contacts
    .filter((contact) => contact.afterSeconds === 0 && hears(contact, incident.severity))
    .map(({ name }) => atOnce(name, resolvedNotice(incident), now));
}

export const atOnce = (contact: string, notice: Notice, now: number): QueuedNotice => ({
  contact,
  notice,
  dueAt: now,
  unlessAcknowledged: false,
});

const hears = ({ severity }: Contact, of: IncidentSeverity) => isAtLeastAsBad(of, severity);
