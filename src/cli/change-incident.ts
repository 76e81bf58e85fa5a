import type { IncidentChange } from "../actions/incidents/change-incident.ts";
import { changeAnyway } from "../actions/incidents/open-anyway.ts";
import type { Incident } from "../ops/incident/incident.ts";
import { withIncidents } from "./open-incidents.ts";
import { incidentLine, keptLines } from "./present/incident.ts";

/** What a changed incident looks like afterwards; undefined when only this host's disk knows of the change so far. */
export interface ChangedIncident {
  readonly incident: Incident | undefined;
  readonly kept: "database" | "disk";
  readonly because?: string;
}

/** Changes one incident, for a command that does nothing else. */
export function changeFrom(
  program: string,
  typed: string | undefined,
  change: IncidentChange,
  log: (line: string) => void,
): Promise<ChangedIncident> {
  return withIncidents(program, async ({ anyway, command, clock }) => {
    const done = await changeAnyway(anyway, { typed, change, occurredAt: clock.now() }, command);
    log(done.incident === undefined ? `${typed}: noted` : incidentLine(done.incident));
    for (const line of keptLines(done)) log(line);
    return done;
  });
}
