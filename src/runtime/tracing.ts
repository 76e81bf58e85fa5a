import { installTracer } from "../core/trace.ts";
import type { SpanRecord } from "../ops/span-record.ts";
import type { Closable } from "../ports/closable.ts";

export interface Tracing extends Closable {
  /** The spans of one trace that ended in this process of late. */
  spansOf(traceId: string): SpanRecord[];
}

/**
 * Turns tracing on when the environment asks for it in OpenTelemetry's own way (OTEL_EXPORTER_OTLP_ENDPOINT or
 * OTEL_EXPORTER_OTLP_TRACES_ENDPOINT). Otherwise undefined: nothing is loaded and a span costs a call.
 */
export async function openTracing(
  identity: { service: string; instance: string },
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Tracing | undefined> {
  const address = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!address || env.OTEL_SDK_DISABLED === "true" || env.OTEL_TRACES_EXPORTER === "none") return undefined;
  const { openOtelTracer } = await import("../adapters/telemetry/otel-tracer.ts");
  const tracer = openOtelTracer(identity, env);
  installTracer(tracer);
  return {
    spansOf: (traceId) => tracer.recent.ofTrace(traceId),
    async close() {
      installTracer(undefined);
      await tracer.close();
    },
  };
}
