import type { Server } from "node:http";
import type { Metrics } from "../../ports/metrics.ts";

/** Answers `GET /metrics`, and nothing else. Not listening yet. */
export async function createMetricsServer(metrics: Metrics): Promise<Server> {
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => {
    if (request.method !== "GET" || request.url?.split("?")[0] !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    metrics.render().then(
      (text) => response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  // A scraper that keeps its connection must not keep the daemon from ending.
  server.unref();
  return server;
}
