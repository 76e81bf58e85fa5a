import { FileJournalSpool } from "../adapters/files/file-journal-spool.ts";
import { ChannelNotifier } from "../adapters/notify/channel-notifier.ts";
import type { Postgres, PostgresOptions } from "../adapters/postgres/postgres.ts";
import { PostgresImpactRecord } from "../adapters/postgres/postgres-impact-record.ts";
import { PostgresIncidentStore } from "../adapters/postgres/postgres-incident-store.ts";
import { PostgresJournal } from "../adapters/postgres/postgres-journal.ts";
import { PostgresTradingDesk } from "../adapters/postgres/postgres-trading-desk.ts";
import type { Clock } from "../core/clock.ts";
import type { Contact } from "../ops/incident/contact.ts";
import type { ImpactRecord } from "../ports/impact-record.ts";
import type { IncidentStore } from "../ports/incident-store.ts";
import type { TimelineJournal } from "../ports/journal.ts";
import type { JournalSpool } from "../ports/journal-spool.ts";
import type { TradingDesk } from "../ports/trading-desk.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./database.ts";
import { redact } from "./redaction.ts";

/** What incidents work with, over one database. */
export interface IncidentAccess {
  readonly incidents: IncidentStore;
  readonly journal: TimelineJournal;
  readonly record: ImpactRecord;
  readonly desk: TradingDesk;
  readonly contacts: readonly Contact[];
  readonly clock: Clock;
}

export function incidentAccess(postgres: Postgres, clock: Clock, contacts: readonly Contact[]): IncidentAccess {
  return {
    incidents: new PostgresIncidentStore(postgres),
    journal: new PostgresJournal(postgres),
    record: new PostgresImpactRecord(postgres),
    desk: new PostgresTradingDesk(postgres),
    contacts,
    clock,
  };
}

/** The same with a connection of its own, and what waits on this host. Rejects when the stack was never started. */
export async function openIncidents(config: Config, clock: Clock, options: PostgresOptions = {}) {
  const postgres = await openDatabase(config, { applicationName: "ttt incident", maxConnections: 2, ...options });
  const access = incidentAccess(postgres, clock, config.incident.contacts);
  return { ...access, spool: openJournalSpool(config), close: () => postgres.close() };
}

export const openJournalSpool = (config: Pick<Config, "paths">): JournalSpool =>
  new FileJournalSpool(config.paths.journalSpool);

/** Carries notices out of the house by the channels of the configuration. */
export function openNotifier(config: Config, clock: Clock): ChannelNotifier {
  const { smtpUrl, mailFrom } = config.incident;
  return new ChannelNotifier({
    secret: (name) => config.secrets[name],
    mail: smtpUrl === undefined ? undefined : { url: smtpUrl, from: mailFrom },
    redact,
    clock,
  });
}
