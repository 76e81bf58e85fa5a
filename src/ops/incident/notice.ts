import type { Incident, IncidentSeverity, IncidentState } from "./incident.ts";

/** What a contact is told, before it takes the form of its channel. */
export interface Notice {
  readonly incident: string;
  readonly what: NoticeKind;
  readonly title: string;
  readonly severity: IncidentSeverity;
  readonly state: IncidentState;
  readonly text: string;
  readonly links: readonly string[];
}

export type NoticeKind = "opened" | "escalation" | "update" | "resolved";

/** A notice that waits to be delivered. */
export interface QueuedNotice {
  readonly contact: string;
  readonly notice: Notice;
  readonly dueAt: number;
  /** Not sent any more once somebody has acknowledged. */
  readonly unlessAcknowledged: boolean;
}

export function openedNotice(incident: Incident): Notice {
  const { runbook, signals, summary } = incident;
  const first = signals.map((signal) => signal.try).find((one) => one !== undefined);
  const lines = [
    summary,
    ...(first === undefined ? [] : [`First: ${first}`]),
    ...(runbook === undefined ? [] : [`Runbook: ttt runbook run ${runbook}`]),
    `Acknowledge: ttt incident ack ${incident.id}`,
  ];
  return noticeOf(incident, "opened", lines.filter((line) => line !== "").join("\n"));
}

export function escalationNotice(incident: Incident, seconds: number): Notice {
  const minutes = Math.round(seconds / 6) / 10;
  const lead = `Nobody has acknowledged this for ${minutes} minutes.`;
  return noticeOf(incident, "escalation", `${lead}\n${openedNotice(incident).text}`);
}

export function resolvedNotice(incident: Incident): Notice {
  return noticeOf(incident, "resolved", incident.resolution ?? "Resolved.");
}

export function noticeOf(incident: Incident, what: NoticeKind, text: string): Notice {
  const { id, title, severity, state, links } = incident;
  return { incident: id, what, title, severity, state, text, links };
}

/** `SEV1 inc-20261123-7k2f open: worker-1 does not stay up`: the one line that every channel begins with. */
export function headlineOf({ severity, incident, state, what, title }: Notice): string {
  const word = what === "escalation" ? "NOT ACKNOWLEDGED" : what === "update" ? `update, ${state}` : state;
  return `${severity.toUpperCase()} ${incident} ${word}: ${title}`;
}
