import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that the system gives to whoever asks for any: nobody gets one of these by chance. */
const [FIRST, LAST] = [10_000, 32_000];

/** A TCP port of 127.0.0.1 that nobody listens on now, nor will before the server that it is for. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
