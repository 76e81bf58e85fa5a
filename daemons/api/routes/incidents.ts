import { z } from "zod";
import { verifyJournal } from "../../../src/actions/audit-journal.ts";
import { changeIncident, type IncidentChange, LONGEST_TEXT } from "../../../src/actions/incidents/change-incident.ts";
import { LONGEST_TITLE, openIncident, requestIncident } from "../../../src/actions/incidents/open-incident.ts";
import { findIncident, readIncident } from "../../../src/actions/incidents/read-incident.ts";
import { type LiveSources, readLiveState } from "../../../src/actions/incidents/read-live-state.ts";
import { writePostMortem } from "../../../src/actions/incidents/write-post-mortem.ts";
import { AUDIENCES } from "../../../src/ops/incident/contact.ts";
import { INCIDENT_ROLES, INCIDENT_SOURCES, INCIDENT_STATES, SEVERITIES } from "../../../src/ops/incident/incident.ts";
import { statusUpdate } from "../../../src/ops/incident/status-update.ts";
import type { IncidentAccess } from "../../../src/runtime/incidents.ts";
import { type Call, type Route, route } from "../route.ts";
import { signatureOf } from "../signature.ts";

const time = z.number().describe("milliseconds since the epoch, UTC");
const words = (what: string) => z.string().trim().min(1).max(LONGEST_TEXT).describe(what);
const tag = "incidents";

const signalSchema = z.looseObject({ fingerprint: z.string(), name: z.string(), status: z.enum(["firing", "ended"]) });
export const incidentSchema = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    summary: z.string(),
    severity: z.enum(SEVERITIES),
    state: z.enum(INCIDENT_STATES),
    source: z.enum(INCIDENT_SOURCES),
    openedBy: z.string(),
    openedAt: time,
    beganAt: time.optional(),
    acknowledgedAt: time.optional(),
    acknowledgedBy: z.string().optional(),
    mitigatedAt: time.optional(),
    mitigation: z.string().optional(),
    resolvedAt: time.optional(),
    resolution: z.string().optional(),
    roles: z.partialRecord(z.enum(INCIDENT_ROLES), z.string()),
    signals: z.array(signalSchema),
    keys: z.array(z.string()),
    links: z.array(z.string()),
    runbook: z.string().optional(),
    follows: z.string().optional(),
  })
  .meta({ id: "Incident", description: "Something that went wrong, as it stands" });

const timelineSchema = z
  .strictObject({
    incident: incidentSchema,
    figures: z.looseObject({ beganAt: time, beganBy: z.string(), detectMs: z.number() }),
    timeline: z.array(
      z.strictObject({
        seq: z.int().describe("row of the journal"),
        at: time,
        kind: z.string(),
        who: z.string(),
        what: z.string(),
      }),
    ),
  })
  .meta({ id: "IncidentReading", description: "An incident, its times, and what is on record around it" });

const idSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9-]{3,30}$/)
    .describe("its id, or the last letters of it"),
});
const openSchema = z.strictObject({
  title: z.string().trim().min(1).max(LONGEST_TITLE),
  severity: z.enum(SEVERITIES).default("sev2"),
  summary: z.string().max(LONGEST_TEXT).default(""),
  beganAt: time.optional(),
  links: z.array(z.url().max(2_000)).max(20).default([]),
  runbook: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/)
    .optional(),
});
const listSchema = z.strictObject({
  all: z.stringbool().default(false).describe("resolved ones too"),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
const updateSchema = z.strictObject({
  audience: z.enum(AUDIENCES),
  message: z.string().max(LONGEST_TEXT).default(""),
  send: z.boolean().default(true).describe("false only writes it"),
});

/** What each change takes, and the change that it is. */
const CHANGES = [
  change("acknowledge", "Take an incident", z.strictObject({}), () => ({ do: "acknowledge" })),
  change(
    "assign",
    "Give somebody a role, or hand it over",
    z.strictObject({ role: z.enum(INCIDENT_ROLES), to: words("who takes it") }),
    (body) => ({ do: "assign", ...body }),
  ),
  change(
    "grade",
    "Change how bad it is",
    z.strictObject({ severity: z.enum(SEVERITIES), reason: words("why") }),
    (body) => ({ do: "grade", ...body }),
  ),
  change("note", "Write down what only a person knows", z.strictObject({ text: words("the note") }), (body) => ({
    do: "note",
    ...body,
  })),
  change("mitigate", "Say that it does no more harm", z.strictObject({ how: words("what stopped it") }), (body) => ({
    do: "mitigate",
    ...body,
  })),
  change("reopen", "Say that it was not mitigated", z.strictObject({ why: words("what shows it") }), (body) => ({
    do: "reopen",
    ...body,
  })),
  change("resolve", "End it", z.strictObject({ how: words("what ended it") }), (body) => ({ do: "resolve", ...body })),
];

/** Incidents, through the same actions as the command line. */
export function incidentRoutes(access: IncidentAccess, live: LiveSources): Route[] {
  const { incidents, clock } = access;
  return [
    route({
      ...{ method: "get", path: "/v1/incidents", id: "listIncidents", tag, role: "viewer", query: listSchema },
      summary: "List incidents, newest first",
      responses: { 200: { description: "Incidents", schema: z.strictObject({ incidents: z.array(incidentSchema) }) } },
      async handle({ query: { all, limit } }) {
        return { status: 200, json: { incidents: await incidents.list({ open: !all, limit }) } };
      },
    }),
    route({
      ...{ method: "post", path: "/v1/incidents", id: "openIncident", tag, role: "operator", body: openSchema },
      summary: "Open an incident and tell the people who should know",
      unlimited: true,
      responses: { 201: { description: "It is open", schema: incidentSchema } },
      async handle({ body: { runbook, beganAt, ...body }, ...call }) {
        const optional = { ...(runbook !== undefined && { runbook }), ...(beganAt !== undefined && { beganAt }) };
        const request = requestIncident({ ...body, ...optional }, clock.now());
        const { incident } = await openIncident(access, request, signatureOf(call));
        return { status: 201, json: incident, headers: { location: `/v1/incidents/${incident.id}` } };
      },
    }),
    route({
      ...{ method: "get", path: "/v1/incidents/:id", id: "readIncident", tag, role: "viewer", params: idSchema },
      summary: "An incident, its times and its timeline",
      responses: { 200: { description: "The incident", schema: timelineSchema } },
      handle: async ({ params }) => ({ status: 200, json: await readIncident(access, params.id) }),
    }),
    route({
      ...{ method: "get", path: "/v1/incidents/:id/post-mortem", id: "draftPostMortem", tag, role: "viewer" },
      summary: "A draft of the post-mortem in Markdown",
      params: idSchema,
      responses: { 200: { description: "Markdown", contentType: "text/markdown" } },
      async handle({ params }) {
        const { markdown } = await writePostMortem({ ...access, verify: verifyJournal }, params.id);
        const bytes = new TextEncoder().encode(markdown);
        return { status: 200, bytes, contentType: "text/markdown; charset=utf-8" };
      },
    }),
    route({
      ...{ method: "post", path: "/v1/incidents/:id/update", id: "updateIncident", tag, role: "operator" },
      summary: "Write a status update from how things stand now, and send it",
      params: idSchema,
      body: updateSchema,
      responses: {
        200: {
          description: "The text, and who gets it",
          schema: z.strictObject({ text: z.string(), contacts: z.array(z.string()), sent: z.boolean() }),
        },
      },
      async handle({ params, body: { audience, message, send }, ...call }) {
        const incident = await findIncident(incidents, params.id);
        const text = statusUpdate(audience, incident, await readLiveState(live), message);
        if (send) await changeIncident(access, incident.id, { do: "update", audience, text }, signatureOf(call));
        const contacts = access.contacts.filter((one) => one.audience === audience).map(({ name }) => name);
        return { status: 200, json: { text, contacts, sent: send } };
      },
    }),
    ...CHANGES.map((make) => make(access)),
  ];
}

function change<B>(
  verb: string,
  summary: string,
  body: z.ZodType<B>,
  toChange: (body: B) => IncidentChange,
): (access: IncidentAccess) => Route {
  return (access) =>
    route({
      ...{ method: "post", path: `/v1/incidents/:id/${verb}`, id: `${verb}Incident`, tag, summary, role: "operator" },
      ...{ params: idSchema, body },
      responses: { 200: { description: "The incident as it is then", schema: incidentSchema } },
      async handle({ params, body: wish, ...rest }: Call<{ id: string }, unknown, B>) {
        const { id } = await findIncident(access.incidents, params.id);
        const command = signatureOf(rest);
        return { status: 200, json: await changeIncident(access, id, toChange(wish), command) };
      },
    });
}
