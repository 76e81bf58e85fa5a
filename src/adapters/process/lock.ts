import { createHash } from "node:crypto";
import { createServer } from "node:net";
import type { Closable } from "../../ports/closable.ts";

/**
 * A lock that dies with its process, kill -9 included: a name in the kernel's abstract socket space. Of any number of
 * processes that ask at the same time exactly one gets it. Undefined when somebody else holds it.
 */
export function holdLock(name: string): Promise<Closable | undefined> {
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      if ("code" in error && error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(`\0ttt-${process.getuid?.() ?? 0}-${digest}`, () => {
      resolve({ close: () => new Promise((closed) => server.close(() => closed())) });
    });
  });
}
