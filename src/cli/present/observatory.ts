import type { TraceReading } from "../../actions/read-trace.ts";
import type { Alert } from "../../ops/alert.ts";
import type { MetricReading } from "../../ops/metric-sample.ts";
import { duration, table } from "./table.ts";

export function metricLines({ samples, silent }: MetricReading): string[] {
  const rows = samples.map(({ name, labels, value, instance }) => [
    name + labelText(labels),
    instance,
    numberText(value),
  ]);
  return [
    ...(rows.length === 0 ? ["No metric of that name and instance."] : table(["METRIC", "INSTANCE", "VALUE"], rows)),
    ...silent.map(({ instance, reason }) => `${instance} does not answer: ${reason}`),
  ];
}

export function alertLines(alerts: readonly Alert[], now: number): string[] {
  if (alerts.length === 0) return ["Nothing fires."];
  const rows = alerts.map(({ severity, name, since, summary, try: next }) => [
    severity,
    name,
    since === null ? "now" : duration(now - since),
    summary,
    next,
  ]);
  return table(["SEVERITY", "ALERT", "SINCE", "WHAT", "TRY"], rows);
}

/** One line a span: when it began, how long it took, where, and a bar of its place in the whole. */
export function traceLines({ spans, startedAt, durationMs, traceId, source }: TraceReading): string[] {
  const rows = spans.map((span) => [
    `+${(span.startedAt - startedAt).toFixed(1)}`,
    span.durationMs.toFixed(1),
    bar((span.startedAt - startedAt) / durationMs, span.durationMs / durationMs),
    `${"  ".repeat(span.depth)}${span.service}: ${span.name}${span.error === null ? "" : `  FAILED: ${span.error}`}`,
  ]);
  return [
    `trace ${traceId}, ${spans.length} spans in ${durationMs.toFixed(1)} ms, from ${source}`,
    ...table(["START ms", "TOOK ms", "", "SPAN"], rows),
  ];
}

const BAR = 24;

function bar(from: number, length: number): string {
  const start = Math.min(BAR - 1, Math.floor((Number.isFinite(from) ? from : 0) * BAR));
  const cells = Math.max(1, Math.min(BAR - start, Math.round((Number.isFinite(length) ? length : 1) * BAR)));
  return `${" ".repeat(start)}${"█".repeat(cells)}`.padEnd(BAR);
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).filter(([key]) => key !== "job" && key !== "service");
  return pairs.length === 0 ? "" : `{${pairs.map(([key, value]) => `${key}="${value}"`).join(", ")}}`;
}

/** Enough digits to tell figures apart, no more. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return String(value);
  return String(Math.abs(value) >= 1e6 ? Math.round(value) : Number(value.toPrecision(6)));
}
