import type { Server } from "node:http";
import { Server as NetServer } from "node:net";
import { sleep } from "../../core/clock.ts";
import { systemClock } from "../system/system-clock.ts";

/** A client that uses its connection gets its notice within this time; one that does not is idle. */
const NOTICE_MS = 500;
/** Streams have no end of their own: their clients come back, and go on where they were. */
const STREAMS_END_MS = 1_500;

/**
 * Ends an HTTP server without failing a request. It accepts no more; what is under way is answered, and every answer
 * tells its client to come back on a new connection. Connections that stay idle are closed at the end: closing them at
 * once, as the server's own `close` does, would meet requests that are already on their way.
 */
export async function drain(server: Server): Promise<void> {
  server.prependListener("request", (_request, response) => {
    response.shouldKeepAlive = false;
  });
  const closed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
  await Promise.race([closed, sleep(systemClock, NOTICE_MS)]);
  server.closeIdleConnections();
  await Promise.race([closed, sleep(systemClock, STREAMS_END_MS)]);
  server.closeAllConnections();
  await closed;
}
