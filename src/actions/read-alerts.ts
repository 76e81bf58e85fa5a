import { type Alert, judge } from "../ops/alert.ts";
import type { Observatory } from "../ports/observatory.ts";

export interface AlertReading {
  /** Alertmanager's word, or a judgement of the daemons' figures at this moment. */
  readonly source: "alertmanager" | "daemons";
  readonly alerts: readonly Alert[];
}

export async function readAlerts(observatory: Observatory): Promise<AlertReading> {
  const alerts = await observatory.alerts();
  if (alerts !== undefined) return { source: "alertmanager", alerts };
  return { source: "daemons", alerts: judge(await observatory.metrics()) };
}
