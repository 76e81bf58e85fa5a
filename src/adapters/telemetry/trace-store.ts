import { z } from "zod";
import { OutageError } from "../../core/errors.ts";
import type { SpanRecord } from "../../ops/span-record.ts";
import { getJson } from "./get-json.ts";

const otlpValue = z.record(z.string(), z.unknown());
const otlpAttributes = z.array(z.object({ key: z.string(), value: otlpValue })).default([]);
const otlpSpan = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.union([z.string(), z.number()]).optional(),
  startTimeUnixNano: z.coerce.string(),
  endTimeUnixNano: z.coerce.string(),
  attributes: otlpAttributes,
  status: z.object({ code: z.union([z.string(), z.number()]).optional(), message: z.string().optional() }).optional(),
});
const otlpBatch = z.object({
  resource: z.object({ attributes: otlpAttributes }).optional(),
  scopeSpans: z.array(z.object({ spans: z.array(otlpSpan) })).default([]),
});
const tempoSchema = z
  .object({ batches: z.array(otlpBatch) })
  .or(z.object({ resourceSpans: z.array(otlpBatch) }).transform(({ resourceSpans }) => ({ batches: resourceSpans })));

const jaegerTags = z.array(z.object({ key: z.string(), value: z.unknown() })).default([]);
const jaegerSchema = z.object({
  data: z.array(
    z.object({
      spans: z.array(
        z.object({
          traceID: z.string(),
          spanID: z.string(),
          operationName: z.string(),
          processID: z.string(),
          startTime: z.number(),
          duration: z.number(),
          references: z.array(z.object({ refType: z.string(), spanID: z.string() })).default([]),
          tags: jaegerTags,
        }),
      ),
      processes: z.record(z.string(), z.object({ serviceName: z.string(), tags: jaegerTags })),
    }),
  ),
});

/** A trace from Tempo or Jaeger: both answer at the same path, each in its own form. Empty when it is not there. */
export async function readTraceStore(url: string, traceId: string): Promise<SpanRecord[]> {
  const answer = await getJson("traces", url, `/api/traces/${traceId}`);
  if (answer === undefined) return [];
  const tempo = tempoSchema.safeParse(answer);
  if (tempo.success) return tempo.data.batches.flatMap(fromOtlp);
  const jaeger = jaegerSchema.safeParse(answer);
  if (jaeger.success) return jaeger.data.data.flatMap(fromJaeger);
  throw new OutageError("traces", `${url} answers neither as Tempo nor as Jaeger does`);
}

function fromOtlp({ resource, scopeSpans }: z.output<typeof otlpBatch>): SpanRecord[] {
  const { "service.instance.id": instance, "service.name": name } = plain(resource?.attributes ?? []);
  return scopeSpans.flatMap(({ spans }) =>
    spans.map((span): SpanRecord => {
      const failed = /ERROR|^2$/.test(String(span.status?.code ?? ""));
      const startedAt = milliseconds(span.startTimeUnixNano);
      return {
        traceId: hex(span.traceId, 32),
        spanId: hex(span.spanId, 16),
        parentId: span.parentSpanId ? hex(span.parentSpanId, 16) : null,
        name: span.name,
        kind:
          KINDS[Number(span.kind)] ??
          String(span.kind ?? "internal")
            .replace("SPAN_KIND_", "")
            .toLowerCase(),
        service: instance ?? name ?? "",
        startedAt,
        durationMs: milliseconds(span.endTimeUnixNano) - startedAt,
        error: failed ? (span.status?.message ?? "failed") : null,
        attributes: plain(span.attributes),
      };
    }),
  );
}

const KINDS: Readonly<Record<number, string>> = {
  1: "internal",
  2: "server",
  3: "client",
  4: "producer",
  5: "consumer",
};

function fromJaeger({ spans, processes }: z.output<typeof jaegerSchema>["data"][number]): SpanRecord[] {
  return spans.map((span): SpanRecord => {
    const tags = Object.fromEntries(span.tags.map(({ key, value }) => [key, String(value)]));
    const process = processes[span.processID];
    const instance = process?.tags.find(({ key }) => key === "service.instance.id")?.value;
    return {
      traceId: span.traceID,
      spanId: span.spanID,
      parentId: span.references.find(({ refType }) => refType === "CHILD_OF")?.spanID ?? null,
      name: span.operationName,
      kind: tags["span.kind"] ?? "internal",
      service: String(instance ?? process?.serviceName ?? ""),
      startedAt: span.startTime / 1e3,
      durationMs: span.duration / 1e3,
      error: tags.error === "true" ? (tags["otel.status_description"] ?? "failed") : null,
      attributes: tags,
    };
  });
}

/** Nanoseconds since the epoch do not fit a float: the milliseconds do, with the rest behind the point. */
function milliseconds(nanoseconds: string): number {
  const whole = BigInt(nanoseconds);
  return Number(whole / 1_000_000n) + Number(whole % 1_000_000n) / 1e6;
}

/** Ids come in hexadecimal or, by protobuf's rule for bytes, in base64. */
function hex(id: string, length: number): string {
  return id.length === length ? id : Buffer.from(id, "base64").toString("hex");
}

function plain(attributes: z.output<typeof otlpAttributes>): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0] ?? "")]));
}
