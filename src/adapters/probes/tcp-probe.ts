import { connect } from "node:net";
import type { Sight } from "./look-at.ts";

/** A connection to `HOST:PORT`, ended at once. */
export function lookByTcp(address: string, timeoutMs: number): Promise<Sight> {
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(address.slice(colon + 1)) });
    const settle = (healthy: boolean, status: string, excerpt = "") => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ healthy, status, excerpt });
    };
    const timer = setTimeout(() => settle(false, "timeout"), timeoutMs);
    socket.on("connect", () => settle(true, "connected"));
    socket.on("error", (error) => settle(false, "refused", error.message));
  });
}
