import { OperatorError } from "../core/errors.ts";
import type { MetricReading } from "../ops/metric-sample.ts";
import type { Observatory } from "../ports/observatory.ts";

export interface MetricsQuery {
  /** A part of the name, whatever the case; all when left out. */
  readonly name?: string | undefined;
  readonly instance?: string | undefined;
  /** In Prometheus's language, for Prometheus. */
  readonly query?: string | undefined;
  /** The buckets of histograms too. */
  readonly buckets: boolean;
}

export async function readMetrics(observatory: Observatory, wanted: MetricsQuery): Promise<MetricReading> {
  const reading = await ask(observatory, wanted.query);
  const part = wanted.name?.toLowerCase();
  const samples = reading.samples.filter(
    ({ name, instance }) =>
      (part === undefined || name.toLowerCase().includes(part)) &&
      (wanted.instance === undefined || instance === wanted.instance) &&
      (wanted.buckets || wanted.query !== undefined || !name.endsWith("_bucket")),
  );
  return { ...reading, samples };
}

async function ask(observatory: Observatory, query: string | undefined): Promise<MetricReading> {
  if (query === undefined) return observatory.metrics();
  const answer = await observatory.query(query);
  if (answer !== undefined) return answer;
  throw new OperatorError("There is no Prometheus to ask.", {
    exit: "configuration",
    code: "PROMETHEUS_ABSENT",
    expected: "its address in the setting prometheus.url",
    hint: "TTT_PROMETHEUS_URL=http://127.0.0.1:9090 ttt metrics --query …",
  });
}
