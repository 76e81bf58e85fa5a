import { type Clock, sleep } from "../../core/clock.ts";
import type { Contact } from "../../ops/incident/contact.ts";
import type { IncidentStore } from "../../ports/incident-store.ts";
import type { TimelineJournal } from "../../ports/journal.ts";
import type { JournalSpool } from "../../ports/journal-spool.ts";
import type { Notifier } from "../../ports/notifier.ts";
import { deliverNotices } from "./deliver-notices.ts";
import { takeUpSpool } from "./take-up-spool.ts";
import { OfflineNotices } from "./tell-offline.ts";

export interface SendingPorts {
  /** Rejects when the database is away. */
  readonly connect: () => Promise<{
    readonly incidents: IncidentStore;
    readonly journal: TimelineJournal;
    close(): Promise<void>;
  }>;
  readonly spool: JournalSpool;
  readonly contacts: readonly Contact[];
  readonly notifier: Notifier;
  readonly clock: Clock;
}

export interface SentWaiting {
  /** Notices that still wait: for a receiver that is away, or for their time. */
  readonly waiting: number;
  readonly database: "there" | "away";
}

/** As long as one notice is tried. */
const WITHIN_MS = 90_000;
const ROUND_MS = 1_000;
const OFFLINE_ROUNDS = 3;

/** Sends what waits until nothing is due any more, at most a minute and a half: for where no supervisor does it. */
export async function sendWaiting(ports: SendingPorts): Promise<SentWaiting> {
  const { clock, spool, contacts, notifier } = ports;
  const deadline = clock.monotonic() + WITHIN_MS;
  const offline = new OfflineNotices({ spool, contacts, notifier, clock });
  for (let away = 0; away < OFFLINE_ROUNDS && clock.monotonic() < deadline; ) {
    try {
      const { incidents, journal, close } = await ports.connect();
      try {
        await takeUpSpool({ incidents, journal, spool, contacts, clock });
        while (clock.monotonic() < deadline) {
          await deliverNotices({ incidents, contacts, notifier, clock, by: "ttt incident notify" });
          const waiting = await incidents.countNotices(deadline - clock.monotonic());
          if (waiting === 0) return { waiting: 0, database: "there" };
          await sleep(clock, ROUND_MS);
        }
        return { waiting: await incidents.countNotices(0), database: "there" };
      } finally {
        await close();
      }
    } catch {
      away += 1;
      await offline.tell();
      await sleep(clock, ROUND_MS);
    }
  }
  return { waiting: spool.waiting(OFFLINE_ROUNDS).length, database: "away" };
}
