import type { Server } from "node:net";
import { readIfExists, writePrivate } from "../adapters/files/state-files.ts";
import { type ListenAddress, listenOn, listenOnOrAnywhere } from "../adapters/process/listen.ts";

/**
 * Listens on the socket that was handed over, on the configured port, or on a free one that is kept in a file: a
 * restarted daemon is found where it was.
 */
export async function listenKept(server: Server, address: ListenAddress, keptIn: string): Promise<ListenAddress> {
  const handedOver = process.env.TTT_LISTEN_FD;
  if (handedOver !== undefined) return listenOn(server, address, { descriptor: Number(handedOver) });
  if (address.port !== 0) return listenOn(server, address);
  const kept = Number(readIfExists(keptIn) ?? 0) || 0;
  const bound = await listenOnOrAnywhere(server, { ...address, port: kept });
  if (bound.port !== kept) writePrivate(keptIn, String(bound.port));
  return bound;
}
