import type { Alert } from "../ops/alert.ts";
import type { MetricReading } from "../ops/metric-sample.ts";
import type { SpanRecord } from "../ops/span-record.ts";

/** Where figures, alerts and traces are read: the tools that are configured, or the daemons themselves. */
export interface Observatory {
  /** Every figure of every daemon at this moment. Throws notRunning when nothing runs. */
  metrics(): Promise<MetricReading>;
  /** The answer to a query in Prometheus's language; undefined when no Prometheus is configured. */
  query(expression: string): Promise<MetricReading | undefined>;
  /** What fires, from Alertmanager; undefined when none is configured. */
  alerts(): Promise<readonly Alert[] | undefined>;
  /** The spans of a trace, in any order, and where they were found. */
  trace(traceId: string): Promise<{ readonly source: string; readonly spans: readonly SpanRecord[] }>;
}
