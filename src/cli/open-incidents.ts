import { randomUUID } from "node:crypto";
import { verifyJournal } from "../actions/audit-journal.ts";
import type { AnywayPorts } from "../actions/incidents/open-anyway.ts";
import type { LiveSources } from "../actions/incidents/read-live-state.ts";
import { type SentWaiting, sendWaiting } from "../actions/incidents/send-waiting.ts";
import { takeUpSpool } from "../actions/incidents/take-up-spool.ts";
import { readKillStatus } from "../actions/kill/read-kill-status.ts";
import type { Clock } from "../core/clock.ts";
import type { Contact } from "../ops/incident/contact.ts";
import { type Config, loadConfig } from "../runtime/config.ts";
import { type IncidentAccess, openIncidents, openJournalSpool, openNotifier } from "../runtime/incidents.ts";
import { openKillSwitch } from "../runtime/kill-switch.ts";
import { notifyBeside } from "../runtime/notify-beside.ts";
import { operatorHere } from "../runtime/operator.ts";
import { openStackControl } from "../runtime/stack-control.ts";
import { systemClock } from "../runtime/system-clock.ts";
import { openWorkbench } from "../runtime/workbench.ts";

export { notifyBeside };

/** An incident is opened within a second, so a database that does not answer soon is away. */
const HASTY = { connectTimeoutMs: 400, statementTimeoutMs: 400 };

export interface IncidentCommandAccess {
  readonly config: Config;
  readonly clock: Clock;
  /** Who commands, from where, and which command it is. */
  readonly command: { readonly actor: string; readonly origin: string; readonly commandId: string };
  readonly contacts: readonly Contact[];
  /** For what must work while the database is away. */
  readonly anyway: AnywayPorts;
  /** The database; what waited on disk is in it. Rejects when it is away. */
  readonly open: () => Promise<IncidentAccess>;
  readonly verify: typeof verifyJournal;
}

/** Incidents of the configured stack, for one command: opened when first used, closed whatever happens. */
export async function withIncidents<T>(
  program: string,
  work: (access: IncidentCommandAccess) => Promise<T>,
): Promise<T> {
  const config = await loadConfig();
  const clock = systemClock;
  const closers: (() => Promise<void>)[] = [];
  const connect = async (options: { connectTimeoutMs?: number; statementTimeoutMs?: number }) => {
    const opened = await openIncidents(config, clock, { applicationName: program, ...options });
    closers.push(opened.close);
    return opened;
  };
  const open = async () => {
    const opened = await connect({});
    await takeUpSpool(opened);
    return opened;
  };
  try {
    return await work({
      ...{ config, clock, open, verify: verifyJournal },
      command: { ...operatorHere(program), commandId: randomUUID() },
      contacts: config.incident.contacts,
      anyway: {
        connect: (patience) => connect(patience === "hasty" ? HASTY : {}),
        spool: openJournalSpool(config),
      },
    });
  } finally {
    for (const close of closers) await close();
  }
}

/** Sends what waits to be told, in this process. */
export async function sendWaitingHere({
  config,
  clock,
  anyway,
  contacts,
}: IncidentCommandAccess): Promise<SentWaiting> {
  const notifier = openNotifier(config, clock);
  try {
    const connect = () => openIncidents(config, clock, { applicationName: "ttt incident notify" });
    return await sendWaiting({ connect, spool: anyway.spool, contacts, notifier, clock });
  } finally {
    notifier.close();
  }
}

/** Writes a document that somebody asked for by its path. */
export async function writeDocument(path: string, text: string): Promise<void> {
  await openWorkbench().texts.write(path, text);
}

/** Where the state of this moment is asked, for an update. */
export function liveSources({ config, clock }: IncidentCommandAccess, { desk }: IncidentAccess): LiveSources {
  return {
    clock,
    snapshot: () => openStackControl(config).snapshot(),
    level: async () => {
      const { ports, close } = await openKillSwitch(config, clock, "ttt incident");
      try {
        return (await readKillStatus(ports)).level;
      } finally {
        await close();
      }
    },
    desk: () => desk.read(0),
    currency: "USD",
  };
}
