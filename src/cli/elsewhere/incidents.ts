import type { IncidentChange } from "../../actions/incidents/change-incident.ts";
import type { IncidentReading } from "../../actions/incidents/read-incident.ts";
import { OperatorError } from "../../core/errors.ts";
import type { Incident } from "../../ops/incident/incident.ts";
import type { Client } from "../../runtime/stack-elsewhere.ts";
import type { ApiFlags } from "../api-flags.ts";
import { openApi } from "./open-api.ts";

export async function incidentsThere(flags: ApiFlags, all: boolean, limit: number): Promise<readonly Incident[]> {
  const { incidents } = await (await openApi(flags)).listIncidents({ all: String(all), limit });
  return incidents as readonly object[] as readonly Incident[];
}

export async function openThere(
  flags: ApiFlags,
  wish: Parameters<Client["openIncident"]>[0]["body"],
): Promise<Incident> {
  return (await (await openApi(flags)).openIncident({ body: wish })) as object as Incident;
}

export async function incidentThere(flags: ApiFlags, typed: string | undefined): Promise<IncidentReading> {
  const api = await openApi(flags);
  return (await api.readIncident({ id: await meant(api, typed) })) as object as IncidentReading;
}

/** Changes an incident of a stack elsewhere, by the route that has the change's name. */
export async function changeThere(
  flags: ApiFlags,
  typed: string | undefined,
  { do: verb, ...body }: IncidentChange,
): Promise<Incident> {
  const api = await openApi(flags);
  const path = `/v1/incidents/${encodeURIComponent(await meant(api, typed))}/${verb}`;
  const headers = { "content-type": "application/json" };
  const answer = await api.request(path, { method: "POST", headers, body: JSON.stringify(body) });
  return (await answer.json()) as Incident;
}

/** The id that was typed; without one, of the only incident that is open. */
async function meant(api: Client, typed: string | undefined): Promise<string> {
  if (typed !== undefined) return typed;
  const { incidents } = await api.listIncidents({ all: "false", limit: 2 });
  const [only] = incidents;
  if (only !== undefined && incidents.length === 1) return only.id;
  throw new OperatorError(only === undefined ? "No incident is open." : "That may be several incidents.", {
    exit: only === undefined ? "notFound" : "usage",
    code: only === undefined ? "INCIDENT_NONE_OPEN" : "INCIDENT_AMBIGUOUS",
    expected: "the id of one",
    found: incidents.map(({ id, title }) => `${id} (${title})`).join(", "),
  });
}
