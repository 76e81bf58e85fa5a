import type { Clock } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import type { Contact } from "../../ops/incident/contact.ts";
import { isOver } from "../../ops/incident/incident.ts";
import type { IncidentEvent } from "../../ops/incident/incident-event.ts";
import { NotAccepted } from "../../ops/incident/not-accepted.ts";
import type { ClaimedNotice, IncidentStore, NoticeOutcome } from "../../ports/incident-store.ts";
import type { Notifier } from "../../ports/notifier.ts";

export interface DeliveryPorts {
  readonly incidents: IncidentStore;
  readonly contacts: readonly Contact[];
  readonly notifier: Notifier;
  readonly clock: Clock;
  /** Who delivers, for the journal: `supervisor`. */
  readonly by: string;
}

const MOST_AT_ONCE = 20;
/** A channel that takes longer has not taken it. */
export const SEND_WITHIN_MS = 10_000;
/** Longer than sending may take: whoever dies over a notice leaves it to the next one after this. */
const HOLD_MS = 15_000;
/** Six attempts over about a minute; a receiver that is away longer is away. */
export const MOST_ATTEMPTS = 6;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * Delivers what is due, and puts on record what became of it. Returns how many notices it had in hand. A notice is
 * delivered at least once: whoever dies between sending and recording sends again, under the same id.
 */
export async function deliverNotices(ports: DeliveryPorts): Promise<number> {
  const claimed = await ports.incidents.claimNotices(MOST_AT_ONCE, HOLD_MS);
  await Promise.all(claimed.map((one) => deliver(ports, one)));
  return claimed.length;
}

async function deliver(ports: DeliveryPorts, claimed: ClaimedNotice): Promise<void> {
  const { incidents } = ports;
  const contact = ports.contacts.find(({ name }) => name === claimed.contact);
  const outcome = isNeedless(claimed) ? ({ kind: "dropped" } as const) : await send(ports, claimed, contact);
  if (outcome.kind === "delivered" || outcome.kind === "failed") await record(ports, claimed, contact, outcome);
  await incidents.settleNotice(claimed.id, outcome);
}

/** An escalation after somebody took it, and the beginning of what is over by now, would only confuse. */
function isNeedless({ incident, notice, unlessAcknowledged }: ClaimedNotice): boolean {
  if (unlessAcknowledged && incident.acknowledgedAt !== undefined) return true;
  return isOver(incident) && (notice.what === "opened" || notice.what === "escalation");
}

async function send(
  { notifier, clock }: DeliveryPorts,
  { id, notice, attempts }: ClaimedNotice,
  contact: Contact | undefined,
): Promise<NoticeOutcome> {
  if (contact === undefined) return { kind: "failed", reason: "no contact of that name is configured any more" };
  const patience = new AbortController();
  const cancel = clock.after(SEND_WITHIN_MS, () => patience.abort());
  try {
    await notifier.send(contact, notice, `${notice.incident}-${id}`, patience.signal);
    return { kind: "delivered" };
  } catch (error) {
    const reason = patience.signal.aborted ? `no answer within ${SEND_WITHIN_MS / 1000} s` : messageOf(error);
    const isFinal = error instanceof NotAccepted && !error.retryable && !patience.signal.aborted;
    if (isFinal || attempts >= MOST_ATTEMPTS) return { kind: "failed", reason };
    const wished = error instanceof NotAccepted ? error.retryAfterMs : undefined;
    return {
      kind: "again",
      reason,
      afterMs: Math.min(wished ?? FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS),
    };
  } finally {
    cancel();
  }
}

async function record(
  { incidents, clock, by }: DeliveryPorts,
  { id, incident, notice, attempts, contact }: ClaimedNotice,
  known: Contact | undefined,
  outcome: NoticeOutcome,
): Promise<void> {
  const delivery = { contact, channel: known?.channel ?? "", what: notice.what, attempts };
  const event: IncidentEvent =
    outcome.kind === "failed"
      ? { kind: "incident.notify-failed", body: { ...delivery, reason: outcome.reason } }
      : { kind: "incident.notified", body: delivery };
  const command = { actor: by, origin: "notification", commandId: `notice:${id}` };
  await incidents.turn(async (turn) => {
    if (await turn.isOnRecord(event.kind, command.commandId)) return;
    await turn.write({ ...event, incident: incident.id, actor: by, occurredAt: clock.now() }, command);
  });
}
