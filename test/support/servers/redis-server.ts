import { join } from "node:path";
import { serverFolder } from "./folder.ts";
import { freePort } from "./free-port.ts";
import { isListening, type RunningProgram, startProgram } from "./program.ts";

/** A Redis server of a test's own, with nothing on disk. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port, empty. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

export async function startRedisServer(options: readonly string[] = []): Promise<RedisServer> {
  const folder = serverFolder("redis");
  const port = await freePort();
  let running: RunningProgram | undefined;
  const start = async () => {
    const settings = ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--appendonly", "no"];
    running = await startProgram(
      {
        command: "redis-server",
        args: [...settings, "--dir", folder.path, "--maxmemory-policy", "noeviction", ...options],
        env: {},
      },
      { logFile: join(folder.path, "output.log"), isReady: () => isListening(port) },
    );
  };
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    start,
    stop: async (signal) => running?.stop(signal),
    async remove() {
      await running?.stop();
      folder.remove();
    },
  };
}
