import { globSync } from "node:fs";
import { basename, dirname } from "node:path";
import { controlCall } from "../adapters/process/control-client.ts";
import { readAlertmanager } from "../adapters/telemetry/alertmanager-client.ts";
import { queryPrometheus } from "../adapters/telemetry/prometheus-client.ts";
import { parsePrometheusText } from "../adapters/telemetry/prometheus-text.ts";
import { readTraceStore } from "../adapters/telemetry/trace-store.ts";
import { messageOf, OperatorError } from "../core/errors.ts";
import type { MetricReading, SilentInstance } from "../ops/metric-sample.ts";
import type { SpanRecord } from "../ops/span-record.ts";
import type { Observatory } from "../ports/observatory.ts";
import type { Config } from "./config.ts";

const ANSWER_MS = 2_000;
const OF_TTT = '{job="ttt",__name__!~"ALERTS.*|scrape_.*"}';

/** Reads from Prometheus, Alertmanager and the trace store where they are configured, else from the daemons. */
export function openObservatory(config: Config): Observatory {
  const { prometheus, alertmanager, traces } = config;
  return {
    metrics: () => (prometheus.url === undefined ? fromDaemons(config) : queryPrometheus(prometheus.url, OF_TTT)),
    query: async (expression) =>
      prometheus.url === undefined ? undefined : queryPrometheus(prometheus.url, expression),
    alerts: async () => (alertmanager.url === undefined ? undefined : readAlertmanager(alertmanager.url)),
    async trace(traceId) {
      if (traces.url !== undefined) return { source: traces.url, spans: await readTraceStore(traces.url, traceId) };
      const { answers } = await askAll(config, "spans", traceId);
      return { source: "daemons", spans: answers.flatMap(({ answer }) => answer as SpanRecord[]) };
    },
  };
}

async function fromDaemons(config: Config): Promise<MetricReading> {
  const { answers, silent } = await askAll(config, "metrics");
  const samples = answers.flatMap(({ instance, answer }) => parsePrometheusText(String(answer), instance));
  return { source: "daemons", samples, silent };
}

/** Asks every daemon that says it is there: one that was killed still does, and is silent. */
async function askAll(config: Config, command: string, params?: unknown) {
  const files = globSync("*.json", { cwd: dirname(config.paths.scrapeTarget("any")) }).sort();
  if (files.length === 0) {
    throw new OperatorError("The stack is not running.", {
      exit: "notRunning",
      code: "STACK_NOT_RUNNING",
      hint: "ttt up",
    });
  }
  const answers: { instance: string; answer: unknown }[] = [];
  const silent: SilentInstance[] = [];
  await Promise.all(
    files.map(async (file) => {
      const instance = basename(file, ".json");
      try {
        const path = config.paths.controlSocket(instance);
        answers.push({ instance, answer: await controlCall(path, command, params, { timeoutMs: ANSWER_MS }) });
      } catch (error) {
        silent.push({ instance, reason: messageOf(error) });
      }
    }),
  );
  answers.sort((a, b) => (a.instance < b.instance ? -1 : 1));
  return { answers, silent };
}
