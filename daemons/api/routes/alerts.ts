import { z } from "zod";
import { takeSignals } from "../../../src/actions/incidents/take-signals.ts";
import { runbookFor, type Signal, severityOfAlert } from "../../../src/ops/incident/signal.ts";
import type { IncidentAccess } from "../../../src/runtime/incidents.ts";
import { type Route, route } from "../route.ts";
import { signatureOf } from "../signature.ts";

/** Alertmanager itself cuts a message at what its receiver is configured to take. */
const MOST_ALERTS = 1_000;
const LONGEST_SUMMARY = 180;

const texts = z.record(z.string().max(200), z.string().max(10_000));
const alertSchema = z.looseObject({
  status: z.enum(["firing", "resolved"]),
  labels: texts,
  annotations: texts.default({}),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }).optional().describe("the year 1 while it goes on"),
  generatorURL: z.string().max(10_000).optional(),
  fingerprint: z.string().min(1).max(200),
});
const notificationSchema = z
  .looseObject({
    version: z.literal("4"),
    groupKey: z.string().min(1).max(10_000),
    status: z.enum(["firing", "resolved"]),
    externalURL: z.string().max(10_000).optional(),
    alerts: z.array(alertSchema).max(MOST_ALERTS),
  })
  .meta({ id: "AlertmanagerNotification", description: "What Alertmanager sends to a webhook, version 4" });

const takenSchema = z.strictObject({
  taken: z.array(
    z.strictObject({
      fingerprint: z.string(),
      incident: z.string().optional().describe("left out when nothing was open about it"),
      did: z.enum(["opened", "updated", "nothing"]),
    }),
  ),
});

/** Alertmanager's webhook. It repeats itself, and sends again what was not taken: the same word twice is one. */
export function alertRoutes(access: IncidentAccess): Route[] {
  return [
    route({
      method: "post",
      path: "/v1/alerts",
      id: "takeAlerts",
      tag: "incidents",
      summary: "Take what Alertmanager says: opens, updates or ends incidents",
      role: "operator",
      unlimited: true,
      body: notificationSchema,
      responses: { 200: { description: "What became of each alert", schema: takenSchema } },
      async handle({ body: { groupKey: group, alerts, externalURL }, ...call }) {
        const signals = alerts.map((alert) => signalOf(alert, externalURL));
        const batch = { source: "alertmanager", group, signals, occurredAt: access.clock.now() } as const;
        return { status: 200, json: { taken: await takeSignals(access, batch, signatureOf(call)) } };
      },
    }),
  ];
}

function signalOf(alert: z.output<typeof alertSchema>, externalURL: string | undefined): Signal {
  const { labels, annotations, fingerprint, status, generatorURL } = alert;
  const name = labels.alertname ?? "alert";
  const firstStep = annotations.try;
  const endsAt = status === "resolved" && alert.endsAt !== undefined ? Date.parse(alert.endsAt) : undefined;
  return {
    ...{ fingerprint, name, labels },
    status: status === "resolved" ? "ended" : "firing",
    severity: severityOfAlert(labels.severity),
    summary: (annotations.summary || annotations.description || name).replaceAll(/\s+/g, " ").slice(0, LONGEST_SUMMARY),
    startsAt: Date.parse(alert.startsAt),
    links: [annotations.runbook_url, annotations.dashboard, generatorURL, externalURL].filter(
      (link) => link !== undefined && link !== "",
    ) as string[],
    runbook: annotations.runbook || runbookFor(name),
    ...(endsAt !== undefined && { endsAt }),
    ...(firstStep !== undefined && { try: firstStep }),
  };
}
