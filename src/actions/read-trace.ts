import { OperatorError } from "../core/errors.ts";
import type { SpanRecord } from "../ops/span-record.ts";
import type { Observatory } from "../ports/observatory.ts";

export interface TraceReading {
  readonly traceId: string;
  readonly source: string;
  readonly startedAt: number;
  readonly durationMs: number;
  /** In the order of the tree: each span right before its children, `depth` 0 for a root. */
  readonly spans: readonly (SpanRecord & { readonly depth: number })[];
}

const FORM = /^[0-9a-f]{32}$/;

export async function readTrace(observatory: Observatory, id: string): Promise<TraceReading> {
  // A whole traceparent will do: logs and headers show it.
  const traceId = id.toLowerCase().replace(/^00-([0-9a-f]{32})-.*$/, "$1");
  if (!FORM.test(traceId)) {
    throw new OperatorError(`${id} is not the id of a trace.`, {
      exit: "usage",
      code: "TRACE_ID",
      expected: "32 hexadecimal digits: `traceId` of a log line",
      hint: "ttt logs --grep traceId",
    });
  }
  const { source, spans } = await observatory.trace(traceId);
  if (spans.length === 0) {
    throw new OperatorError(`Nothing is known of the trace ${traceId}.`, {
      exit: "notFound",
      code: "TRACE_UNKNOWN",
      found: `no span of it in ${source}`,
      hint:
        source === "daemons"
          ? "Daemons keep their latest spans when OTEL_EXPORTER_OTLP_ENDPOINT is set; the setting traces.url names a store that keeps them longer."
          : "It may have been sampled away, or not have arrived yet.",
    });
  }
  const startedAt = Math.min(...spans.map((span) => span.startedAt));
  const endedAt = Math.max(...spans.map((span) => span.startedAt + span.durationMs));
  return { traceId, source, startedAt, durationMs: endedAt - startedAt, spans: treeOf(spans) };
}

/** Parents before their children, brothers by their start. A span whose parent is missing stands as a root. */
function treeOf(spans: readonly SpanRecord[]): TraceReading["spans"] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const children = Map.groupBy(spans, ({ parentId }) => (parentId !== null && known.has(parentId) ? parentId : null));
  const walk = (parent: string | null, depth: number): TraceReading["spans"] =>
    [...(children.get(parent) ?? [])]
      .sort((a, b) => a.startedAt - b.startedAt)
      .flatMap((span) => [{ ...span, depth }, ...walk(span.spanId, depth + 1)]);
  return walk(null, 0);
}
