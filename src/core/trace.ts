/**
 * Traces: which piece of work led to which, across processes. Off unless a tracer is installed, and then free: a span
 * is a call of the function that it is about. A trace context travels as a W3C `traceparent`.
 */
export interface Tracer {
  /** Runs the work inside a span, a child of the one it is called in, or of `parent`. */
  span<T>(name: string, options: SpanOptions, work: (span: Span) => T): T;
  /** The context of the present span, to hand on; undefined outside of any. */
  traceparent(): string | undefined;
  /** Runs the work outside of any span. */
  detached<T>(work: () => T): T;
}

export interface SpanOptions {
  /** `server` and `consumer` begin what another process asked for; `client` and `producer` ask another process. */
  readonly kind?: "internal" | "server" | "client" | "producer" | "consumer";
  /** The context that another process handed on. */
  readonly parent?: string | undefined;
  /** Begins a trace of its own, whatever it is called in. */
  readonly root?: boolean;
  readonly attributes?: SpanAttributes;
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface Span {
  set(attributes: SpanAttributes): void;
}

const NO_SPAN: Span = { set() {} };
const OFF: Tracer = {
  span: (_name, _options, work) => work(NO_SPAN),
  traceparent: () => undefined,
  detached: (work) => work(),
};

let tracer = OFF;

/** Turns tracing on for this process, or off again. Only the runtime does this. */
export function installTracer(installed: Tracer | undefined): void {
  tracer = installed ?? OFF;
}

export function isTracing(): boolean {
  return tracer !== OFF;
}

/** Runs the work inside a span; a promise ends it when it settles. What the work throws marks it as failed. */
export function span<T>(name: string, options: SpanOptions, work: (span: Span) => T): T {
  return tracer.span(name, options, work);
}

/** The context of the present span as a header value; undefined when there is none, or tracing is off. */
export function traceparent(): string | undefined {
  return tracer.traceparent();
}

/** What runs later and again is not part of what happened to start it: timers are set outside of any span. */
export function detached<T>(work: () => T): T {
  return tracer.detached(work);
}

/** The id of the present trace: 32 hexadecimal digits. */
export function traceId(): string | undefined {
  return tracer.traceparent()?.split("-")[1];
}
