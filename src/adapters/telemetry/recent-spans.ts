import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import { RingBuffer } from "../../core/ring-buffer.ts";
import type { SpanRecord } from "../../ops/span-record.ts";

/** Enough for the last minutes of a busy daemon; what is older is in the trace store, where there is one. */
const KEPT = 5_000;

/** The spans that ended last in this process, for whoever asks it directly. */
export class RecentSpans implements SpanProcessor {
  readonly #spans = new RingBuffer<ReadableSpan>(KEPT);

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    this.#spans.push(span);
  }

  /** All of one trace, in the order in which they began. */
  ofTrace(traceId: string): SpanRecord[] {
    const found = this.#spans.toArray().filter((span) => span.spanContext().traceId === traceId);
    return found.map(recordOf).sort((a, b) => a.startedAt - b.startedAt);
  }

  async shutdown(): Promise<void> {}
  async forceFlush(): Promise<void> {}
}

function recordOf(span: ReadableSpan): SpanRecord {
  const milliseconds = ([seconds, nanoseconds]: readonly [number, number]) => seconds * 1e3 + nanoseconds / 1e6;
  const { traceId, spanId } = span.spanContext();
  const attributes = Object.entries(span.attributes).map(([key, value]) => [key, String(value)] as const);
  return {
    traceId,
    spanId,
    parentId: span.parentSpanContext?.spanId ?? null,
    name: span.name,
    kind: SpanKind[span.kind]?.toLowerCase() ?? "internal",
    service: String(span.resource.attributes["service.instance.id"] ?? span.resource.attributes["service.name"] ?? ""),
    startedAt: milliseconds(span.startTime),
    durationMs: milliseconds(span.duration),
    error: span.status.code === SpanStatusCode.ERROR ? (span.status.message ?? "failed") : null,
    attributes: Object.fromEntries(attributes),
  };
}
