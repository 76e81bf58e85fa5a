import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { installTracer, isTracing, span, traceId, traceparent } from "../../src/core/trace.ts";
import { openTracing } from "../../src/runtime/tracing.ts";
import { startOtlpReceiver } from "../support/otlp-receiver.ts";

const identity = { service: "worker", instance: "worker-2" };
afterEach(() => installTracer(undefined));

async function traced(work: (receiver: Awaited<ReturnType<typeof startOtlpReceiver>>) => Promise<void>) {
  const receiver = await startOtlpReceiver();
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = receiver.url;
  const tracing = await openTracing(identity);
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  try {
    await work(receiver);
  } finally {
    await tracing?.close();
    receiver.close();
  }
  return receiver.spans;
}

test("OB-03 tracing is off unless the environment asks for it, and a span is then just its work", async () => {
  expect(await openTracing(identity, {})).toBeUndefined();
  const off = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_SDK_DISABLED: "true" };
  expect(await openTracing(identity, off)).toBeUndefined();
  expect(isTracing()).toBe(false);
  expect(span("work", {}, () => traceparent())).toBeUndefined();
});

test("OB-03 spans nest over awaits, carry errors, and arrive with service and instance", async () => {
  const spans = await traced(async () => {
    await span("outer", { attributes: { order: "o-1" } }, async (outer) => {
      await systemClock.now();
      await span("inner", { kind: "client" }, async () => {
        expect(traceparent()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
        await expect(span("failing", {}, () => Promise.reject(new Error("no luck")))).rejects.toThrow("no luck");
      });
      outer.set({ answer: 42 });
    });
    expect(traceId()).toBeUndefined();
  });
  const named = (name: string) => spans.find((one) => one.name === name)!;
  expect(named("outer")).toMatchObject({ service: "worker", attributes: { order: "o-1", answer: "42" } });
  expect(named("outer").parentSpanId).toBeUndefined();
  expect(named("inner").parentSpanId).toBe(named("outer").spanId);
  expect(named("failing")).toMatchObject({
    parentSpanId: named("inner").spanId,
    status: { code: 2, message: "no luck" },
  });
});

test("OB-03 a context of another process is taken over, a malformed one is not", async () => {
  const theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const spans = await traced(async () => {
    span("theirs", { parent: theirs }, () => expect(traceId()).toBe("0af7651916cd43dd8448eb211c80319c"));
    span("ours", { parent: "not a context" }, () => expect(traceId()).not.toBeUndefined());
  });
  expect(spans.find(({ name }) => name === "theirs")).toMatchObject({ parentSpanId: "b7ad6b7169203331" });
  expect(spans.find(({ name }) => name === "ours")?.parentSpanId).toBeUndefined();
});

test("OB-03 what a timer does later is not part of what set it", async () => {
  await traced(async () => {
    const later = Promise.withResolvers<string | undefined>();
    span("setting", {}, () => systemClock.after(1, () => later.resolve(traceId())));
    expect(await later.promise).toBeUndefined();
  });
});

test("OB-03 the last spans can be asked for in the process itself", async () => {
  const receiver = await startOtlpReceiver();
  process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = `${receiver.url}/v1/traces`;
  const tracing = await openTracing(identity);
  delete process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const id = span("one", {}, () => span("two", { attributes: { a: 1 } }, () => traceId()!));
  span("another trace", {}, () => {});
  expect(
    tracing
      ?.spansOf(id)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["one", "two"]);
  expect(tracing?.spansOf(id).find(({ name }) => name === "two")).toMatchObject({
    traceId: id,
    kind: "internal",
    service: "worker-2",
    error: null,
    attributes: { a: "1" },
  });
  await tracing?.close();
  receiver.close();
});
