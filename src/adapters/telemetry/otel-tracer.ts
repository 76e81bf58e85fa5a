import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { messageOf } from "../../core/errors.ts";
import type { SpanOptions, Tracer } from "../../core/trace.ts";
import type { Closable } from "../../ports/closable.ts";
import { RecentSpans } from "./recent-spans.ts";
import { W3CPropagator } from "./w3c-propagator.ts";

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};
/** Spans leave soon after they end, so that a command that lasts a moment is not kept waiting. */
const EXPORT_EVERY_MS = 500;
/** At the end: a collector that does not answer must not hold the process. */
const FLUSH_MS = 2_000;

/**
 * OpenTelemetry with an OTLP/HTTP exporter. Address, headers, resource attributes and sampling ratio come from the
 * standard OTEL_ variables of the environment; this module is only loaded when one of them asks for traces.
 */
export function openOtelTracer(
  identity: { service: string; instance: string },
  env: Readonly<Record<string, string | undefined>>,
): Tracer & Closable & { readonly recent: RecentSpans } {
  const recent = new RecentSpans();
  const exporter = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter(),
    scheduledDelayMillis: EXPORT_EVERY_MS,
    exportTimeoutMillis: FLUSH_MS,
  });
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(
        resourceFromAttributes({
          "service.namespace": "ttt",
          "service.name": env.OTEL_SERVICE_NAME ?? identity.service,
          "service.instance.id": identity.instance,
        }),
      )
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: new ParentBasedSampler({ root: rootSampler(env) }),
    spanProcessors: [exporter, recent],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CPropagator());
  const tracer = provider.getTracer("ttt");

  return {
    recent,
    span<T>(
      name: string,
      { kind = "internal", parent, root = false, attributes = {} }: SpanOptions,
      work: Parameters<typeof runIn<T>>[1],
    ) {
      const inside = root ? ROOT_CONTEXT : context.active();
      const outer = parent === undefined ? inside : propagation.extract(ROOT_CONTEXT, { traceparent: parent });
      const started = tracer.startSpan(name, { kind: KINDS[kind], attributes: { ...attributes } }, outer);
      return context.with(trace.setSpan(outer, started), () => runIn(started, work));
    },
    traceparent() {
      const carrier: { traceparent?: string } = {};
      propagation.inject(context.active(), carrier);
      return carrier.traceparent;
    },
    detached: (work) => context.with(ROOT_CONTEXT, work),
    async close() {
      await Promise.race([
        provider.shutdown().catch(() => {}),
        new Promise((resolve) => setTimeout(resolve, FLUSH_MS).unref()),
      ]);
      context.disable();
      propagation.disable();
    },
  };
}

type OtelSpan = ReturnType<ReturnType<TracerProvider["getTracer"]>["startSpan"]>;

function runIn<T>(
  started: OtelSpan,
  work: (span: { set(attributes: Record<string, string | number | boolean>): void }) => T,
): T {
  const fail = (error: unknown): never => {
    started.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
    started.end();
    throw error;
  };
  let result: T;
  try {
    result = work({ set: (attributes) => void started.setAttributes(attributes) });
  } catch (error) {
    return fail(error);
  }
  if (!(result instanceof Promise)) {
    started.end();
    return result;
  }
  return result.then((value) => {
    started.end();
    return value;
  }, fail) as T;
}

function rootSampler({ OTEL_TRACES_SAMPLER_ARG: ratio }: Readonly<Record<string, string | undefined>>) {
  const part = Number(ratio);
  return ratio === undefined || Number.isNaN(part) ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(part);
}
