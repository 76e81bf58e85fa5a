import type { Clock } from "../../core/clock.ts";
import type { Contact } from "../../ops/incident/contact.ts";
import { isAtLeastAsBad } from "../../ops/incident/incident.ts";
import { applyIncidentEvent } from "../../ops/incident/incident-event.ts";
import { openedNotice } from "../../ops/incident/notice.ts";
import type { JournalSpool, SpooledEntry } from "../../ports/journal-spool.ts";
import type { Notifier } from "../../ports/notifier.ts";
import { SEND_WITHIN_MS } from "./deliver-notices.ts";
import type { OpenRequest } from "./open-incident.ts";
import { SPOOLED_OPENING } from "./take-up-spool.ts";

/** Each contact is tried this often while the database is away; after that the queue takes over once it is back. */
const MOST_TRIES = 3;
const MOST_WAITING = 50;

interface WaitingOpening {
  readonly request: OpenRequest;
  readonly told?: readonly string[];
}

/**
 * Tells people of incidents that were opened while the database is away: that is when they need to know. Whom it
 * reached is noted beside the incident, so that nobody is told again once it is taken up.
 */
export class OfflineNotices {
  readonly #ports: OfflinePorts;
  readonly #tries = new Map<string, number>();

  constructor(ports: OfflinePorts) {
    this.#ports = ports;
  }

  async tell(): Promise<void> {
    for (const { key, entry } of this.#ports.spool.waiting(MOST_WAITING)) {
      if (entry.kind === SPOOLED_OPENING) await this.#tellOf(key, entry, entry.body as WaitingOpening);
    }
  }

  async #tellOf(key: string, entry: SpooledEntry, { request, told = [] }: WaitingOpening): Promise<void> {
    const { actor, occurredAt } = entry;
    const event = { kind: "incident.opened", incident: request.id, actor, occurredAt, body: request.opened } as const;
    const incident = applyIncidentEvent(undefined, event);
    const reached: string[] = [];
    for (const contact of this.#ports.contacts) {
      const isHeard = contact.afterSeconds === 0 && isAtLeastAsBad(incident.severity, contact.severity);
      if (!isHeard || told.includes(contact.name)) continue;
      if (await this.#send(contact, openedNotice(incident))) reached.push(contact.name);
    }
    if (reached.length === 0) return;
    this.#ports.spool.put({ ...entry, body: { request, told: [...told, ...reached] } });
    this.#ports.spool.remove(key);
  }

  async #send(contact: Contact, notice: ReturnType<typeof openedNotice>): Promise<boolean> {
    const id = `${notice.incident}-${contact.name}`;
    const tries = this.#tries.get(id) ?? 0;
    if (tries >= MOST_TRIES) return false;
    this.#tries.set(id, tries + 1);
    const patience = new AbortController();
    const cancel = this.#ports.clock.after(SEND_WITHIN_MS, () => patience.abort());
    try {
      await this.#ports.notifier.send(contact, notice, id, patience.signal);
      return true;
    } catch {
      return false;
    } finally {
      cancel();
    }
  }
}

interface OfflinePorts {
  readonly spool: JournalSpool;
  readonly contacts: readonly Contact[];
  readonly notifier: Notifier;
  readonly clock: Clock;
}
