import type { Kept } from "../../actions/incidents/open-anyway.ts";
import type { IncidentReading } from "../../actions/incidents/read-incident.ts";
import { spell } from "../../ops/incident/figures.ts";
import { INCIDENT_ROLES, type Incident } from "../../ops/incident/incident.ts";
import { duration, table } from "./table.ts";

export function incidentTable(incidents: readonly Incident[], now: number): string[] {
  if (incidents.length === 0) return ["no incidents"];
  const rows = incidents.map(({ id, severity, state, openedAt, roles, title }) => [
    id,
    severity,
    state,
    duration(now - openedAt),
    roles.commander ?? "-",
    title,
  ]);
  return table(["INCIDENT", "SEVERITY", "STATE", "AGE", "LEAD", "TITLE"], rows);
}

/** One line for what a command has done to an incident. */
export function incidentLine({ id, severity, state, title }: Incident): string {
  return `${id} ${severity} ${state}: ${title}`;
}

/** Where it is kept, when that is not the database. */
export function keptLines(kept: Kept): string[] {
  if (kept.kept === "database") return [];
  return [`the database is away (${kept.because}): kept on this host's disk, and taken up once it is back`];
}

export function incidentLines({ incident, figures, timeline }: IncidentReading): string[] {
  const { summary, roles, signals, runbook, links, follows, mitigation, resolution } = incident;
  const people = INCIDENT_ROLES.flatMap((role) => (roles[role] === undefined ? [] : [`${role} ${roles[role]}`]));
  const facts: (string | undefined)[] = [
    incidentLine(incident),
    summary === "" || summary === incident.title ? undefined : summary,
    `roles: ${people.join(", ") || "none taken"}`,
    signals.length === 0 ? undefined : `alerts: ${signals.map(({ name, status }) => `${name} ${status}`).join(", ")}`,
    runbook === undefined ? undefined : `runbook: ttt runbook run ${runbook}`,
    links.length === 0 ? undefined : `links: ${links.join(" ")}`,
    follows === undefined ? undefined : `follows ${follows}`,
    `began ${stamp(figures.beganAt)} (${figures.beganBy})`,
    `detected after ${spell(figures.detectMs)}, acknowledged after ${spell(figures.acknowledgeMs)}, mitigated after ${spell(figures.mitigateMs)}, resolved after ${spell(figures.resolveMs)}`,
    mitigation === undefined ? undefined : `mitigation: ${mitigation}`,
    resolution === undefined ? undefined : `resolution: ${resolution}`,
    "",
  ];
  const rows = timeline.map(({ seq, at, who, what }) => [String(seq), stamp(at), who, what]);
  return [...facts.filter((line) => line !== undefined), ...table(["ROW", "AT", "WHO", "WHAT"], rows)];
}

const stamp = (at: number) => new Date(at).toISOString();
