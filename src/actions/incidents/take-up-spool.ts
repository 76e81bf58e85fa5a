import { z } from "zod";
import { messageOf, OperatorError } from "../../core/errors.ts";
import type { TimelineJournal } from "../../ports/journal.ts";
import type { JournalSpool, SpooledEntry } from "../../ports/journal-spool.ts";
import { changeIncident, type IncidentChange } from "./change-incident.ts";
import type { IncidentPorts } from "./incident-ports.ts";
import { type OpenRequest, openIncident } from "./open-incident.ts";
import { type SignalBatch, takeSignals } from "./take-signals.ts";

/** Requests about incidents that wait among the entries; anything else goes into the journal as it is. */
export const SPOOLED_OPENING = "incident.open";
export const SPOOLED_CHANGE = "incident.change";
export const SPOOLED_SIGNALS = "incident.signals";

/** Taken up in one go; the rest waits for the next time. */
const MOST_AT_ONCE = 200;

const openingSchema = z.object({
  request: z.custom<OpenRequest>((value) => z.looseObject({ id: z.string() }).safeParse(value).success),
  told: z.array(z.string()).default([]),
});
const changeSchema = z.object({
  incident: z.string(),
  change: z.custom<IncidentChange>((value) => z.looseObject({ do: z.string() }).safeParse(value).success),
});
const signalsSchema = z.custom<SignalBatch>(
  (value) => z.looseObject({ signals: z.array(z.unknown()) }).safeParse(value).success,
);

/**
 * Hands over what waited on this host while the database was away, oldest first, each exactly once. Throws the outage
 * when the database is still away; what was not handed over waits on.
 */
export async function takeUpSpool(
  ports: IncidentPorts & { readonly journal: TimelineJournal; readonly spool: JournalSpool },
): Promise<{ readonly taken: number; readonly refused: readonly string[] }> {
  const refused: string[] = [];
  const waiting = ports.spool.waiting(MOST_AT_ONCE);
  for (const { key, entry } of waiting) {
    try {
      await takeUp(ports, entry);
    } catch (error) {
      // Refused for good, as a note on an incident that never was: it must not stand in the way of the rest.
      if (!isRefusal(error)) throw error;
      const reason = messageOf(error);
      refused.push(`${entry.kind}: ${reason}`);
      await ports.journal.appendOnce({ ...entry, kind: "spool.refused", body: { ...entry, reason } });
    }
    ports.spool.remove(key);
  }
  return { taken: waiting.length - refused.length, refused };
}

async function takeUp(
  ports: IncidentPorts & { readonly journal: TimelineJournal },
  entry: SpooledEntry,
): Promise<void> {
  const { kind, actor, origin, commandId, occurredAt, body } = entry;
  const command = { actor, origin, commandId };
  if (kind === SPOOLED_OPENING) {
    const { request, told } = openingSchema.parse(body);
    await openIncident(ports, request, command, told);
  } else if (kind === SPOOLED_CHANGE) {
    const { incident, change } = changeSchema.parse(body);
    await changeIncident(ports, incident, change, command, occurredAt);
  } else if (kind === SPOOLED_SIGNALS) {
    await takeSignals(ports, signalsSchema.parse(body), command);
  } else {
    await ports.journal.appendOnce({ kind, actor, origin, commandId, body: { occurredAt, ...Object(body) } });
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof z.ZodError ||
  (error instanceof OperatorError && ["notFound", "conflict", "usage"].includes(error.details.exit));
