import {
  type Context,
  isSpanContextValid,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from "@opentelemetry/api";

const HEADER = "traceparent";
const FORM = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The W3C trace context in a `traceparent` header. What is not of its form is no context. */
export class W3CPropagator implements TextMapPropagator {
  inject(from: Context, carrier: unknown, setter: TextMapSetter): void {
    const found = trace.getSpanContext(from);
    if (found === undefined || !isSpanContextValid(found)) return;
    const flags = found.traceFlags.toString(16).padStart(2, "0");
    setter.set(carrier, HEADER, `00-${found.traceId}-${found.spanId}-${flags}`);
  }

  extract(into: Context, carrier: unknown, getter: TextMapGetter): Context {
    const header = getter.get(carrier, HEADER);
    const [, traceId, spanId, flags] = FORM.exec(typeof header === "string" ? header : "") ?? [];
    if (traceId === undefined || spanId === undefined || flags === undefined) return into;
    return trace.setSpanContext(into, { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true });
  }

  fields(): string[] {
    return [HEADER];
  }
}
