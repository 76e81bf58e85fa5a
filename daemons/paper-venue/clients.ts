import type { Server } from "node:net";
import type { Clock } from "../../src/core/clock.ts";
import { lineSplitter } from "../../src/core/line-splitter.ts";
import { Client } from "./client.ts";
import type { FaultPlan } from "./faults.ts";
import type { PaperVenue } from "./paper-venue.ts";

/** Lets every connection to the server speak with the venue, line by line. */
export function acceptClients(
  server: Server,
  { venue, clock, faults }: { venue: PaperVenue; clock: Clock; faults: FaultPlan },
): void {
  server.on("connection", (socket) => {
    socket.setNoDelay(true);
    socket.setEncoding("utf8");
    const client = new Client(socket, clock, faults);
    venue.connect(client);
    const split = lineSplitter(
      (line) => venue.receive(client, line),
      () => socket.destroy(),
    );
    socket.on("data", (chunk) => split(String(chunk)));
    socket.on("error", () => {});
    socket.on("close", () => venue.leave(client));
  });
}
