import { z } from "zod";
import { type Alert, byUrgency, SEVERITIES } from "../../ops/alert.ts";
import { getJson } from "./get-json.ts";

const alertsSchema = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    startsAt: z.string(),
  }),
);

/** What fires now and is neither silenced nor inhibited. */
export async function readAlertmanager(url: string): Promise<Alert[]> {
  const path = "/api/v2/alerts?active=true&silenced=false&inhibited=false";
  const alerts = alertsSchema.parse((await getJson("alertmanager", url, path)) ?? []);
  return byUrgency(
    alerts.map(({ labels: { alertname: name = "", severity, ...labels }, annotations, startsAt }) => ({
      name,
      severity: SEVERITIES.find((one) => one === severity) ?? "warning",
      summary: annotations.summary ?? name,
      try: annotations.try ?? "",
      since: Date.parse(startsAt),
      labels,
    })),
  );
}
