import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { readTraceStore } from "../../../src/adapters/telemetry/trace-store.ts";
import { span, traceId } from "../../../src/core/trace.ts";
import { openTracing } from "../../../src/runtime/tracing.ts";
import { startOtlpReceiver } from "../../support/otlp-receiver.ts";

let close = () => {};
afterEach(() => close());

/** A store that answers every trace with this. */
async function storeOf(answer: unknown, status = 200): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(JSON.stringify(answer)));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  close = () => server.close();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("OB-04 a trace comes back from Tempo as it was sent", async () => {
  const receiver = await startOtlpReceiver();
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = receiver.url;
  const tracing = await openTracing({ service: "api", instance: "api" });
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const id = span("outer", { kind: "server", attributes: { route: "/v1" } }, () => {
    try {
      span("inner", {}, () => {
        throw new Error("no luck");
      });
    } catch {
      // It is the span that is looked at.
    }
    return traceId()!;
  });
  const own = tracing?.spansOf(id) ?? [];
  await tracing?.close();
  receiver.close();
  const { resourceSpans } = JSON.parse(receiver.bodies[0]!) as { resourceSpans: unknown[] };

  const read = await readTraceStore(await storeOf({ batches: resourceSpans }), id);
  const byName = (spans: typeof read) => [...spans].sort((a, b) => (a.name < b.name ? 1 : -1));
  expect(byName(read)).toEqual(
    byName(own).map((one) => ({
      ...one,
      startedAt: expect.closeTo(one.startedAt, 3),
      durationMs: expect.closeTo(one.durationMs, 3),
    })),
  );
  expect(read.map(({ name, error }) => [name, error]).sort()).toEqual([
    ["inner", "no luck"],
    ["outer", null],
  ]);
});

test("OB-04 a trace from Jaeger", async () => {
  const url = await storeOf({
    data: [
      {
        traceID: "0af7651916cd43dd8448eb211c80319c",
        spans: [
          {
            traceID: "0af7651916cd43dd8448eb211c80319c",
            spanID: "b7ad6b7169203331",
            operationName: "POST request",
            processID: "p1",
            startTime: 1_700_000_000_000_500,
            duration: 2_250,
            references: [
              { refType: "CHILD_OF", traceID: "0af7651916cd43dd8448eb211c80319c", spanID: "00f067aa0ba902b7" },
            ],
            tags: [
              { key: "span.kind", type: "string", value: "server" },
              { key: "error", type: "bool", value: true },
              { key: "otel.status_description", type: "string", value: "no luck" },
            ],
          },
        ],
        processes: { p1: { serviceName: "api", tags: [{ key: "service.instance.id", type: "string", value: "api" }] } },
      },
    ],
  });
  expect(await readTraceStore(url, "0af7651916cd43dd8448eb211c80319c")).toMatchObject([
    {
      name: "POST request",
      kind: "server",
      service: "api",
      parentId: "00f067aa0ba902b7",
      startedAt: 1_700_000_000_000.5,
      durationMs: 2.25,
      error: "no luck",
    },
  ]);
});

test("OB-04 a trace that is not there, and a store that is not one", async () => {
  expect(await readTraceStore(await storeOf({}, 404), "0af7651916cd43dd8448eb211c80319c")).toEqual([]);
  close();
  await expect(readTraceStore(await storeOf({ hello: 1 }), "x")).rejects.toMatchObject({ details: { exit: "outage" } });
  close();
  await expect(readTraceStore("http://127.0.0.1:1", "x")).rejects.toMatchObject({ details: { code: "TRACES_OUTAGE" } });
});
