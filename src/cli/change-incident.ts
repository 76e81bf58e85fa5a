import type { IncidentChange } from "../actions/incidents/change-incident.ts";
import { changeAnyway } from "../actions/incidents/open-anyway.ts";
import type { Incident } from "../ops/incident/incident.ts";
import type { ApiFlags } from "./api-flags.ts";
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
  flags: ApiFlags,
  log: (line: string) => void,
): Promise<ChangedIncident> {
  if (flags.api !== undefined) return changeElsewhere(flags, typed, change, log);
  return withIncidents(program, async ({ anyway, command, clock }) => {
    const done = await changeAnyway(anyway, { typed, change, occurredAt: clock.now() }, command);
    log(done.incident === undefined ? `${typed}: noted` : incidentLine(done.incident));
    for (const line of keptLines(done)) log(line);
    return done;
  });
}

/** What speaks to another host is loaded only when it is asked for. */
async function changeElsewhere(
  flags: ApiFlags,
  typed: string | undefined,
  change: IncidentChange,
  log: (line: string) => void,
): Promise<ChangedIncident> {
  const { changeThere } = await import("./elsewhere/incidents.ts");
  const incident = await changeThere(flags, typed, change);
  log(incidentLine(incident));
  return { incident, kept: "database" };
}
