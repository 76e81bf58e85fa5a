import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { clusterName, prepareCluster } from "../../../src/adapters/embedded/cluster.ts";
import { isAccepting } from "../../../src/adapters/embedded/is-accepting.ts";
import { commandLineOf, processIds, processRow } from "../../../src/adapters/process/process-table.ts";
import { until } from "../until.ts";
import { serverFolder } from "./folder.ts";
import { freePort } from "./free-port.ts";
import { type RunningProgram, startProgram } from "./program.ts";

/** A PostgreSQL server of a test's own. */
export interface PostgresServer {
  readonly port: number;
  /** The address of one of its databases, over TCP. */
  url(database: string): string;
  /** Ends the server as `kill -9` does, or in order. Its data stay for `start`. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

const USER = "ttt";
const PASSWORD = "test-server-password";

export interface PostgresServerOptions {
  /** Commits reach the disk, as they must where money is: for measurements. */
  readonly durable?: boolean;
}

export async function startPostgresServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const folder = serverFolder("pg");
  const port = await freePort();
  const socketFolder = join(folder.path, "run");
  mkdirSync(socketFolder);
  let running: RunningProgram | undefined;

  const start = async () => {
    const settings = { folder: join(folder.path, "cluster"), socketFolder, port, user: USER, password: PASSWORD };
    const program = await prepareCluster(settings);
    // Nothing here must survive the machine; everything must survive the server.
    const speed = options.durable ? [] : ["-c", "fsync=off", "-c", "full_page_writes=off"];
    running = await startProgram(
      { ...program, args: [...program.args, ...speed, "-c", "listen_addresses=127.0.0.1"] },
      {
        logFile: join(folder.path, "output.log"),
        isReady: async () => (await isAccepting(socketFolder, port, USER, 500)).state === "accepting",
      },
    );
  };
  const stop = async (signal: NodeJS.Signals = "SIGINT") => {
    await running?.stop(signal);
    // Sessions of a killed server end by themselves a moment later; until then they answer, and it cannot start again.
    await until("the end of its sessions", () => !isAnythingLeftOf(join(folder.path, "cluster")));
  };
  await start();
  return {
    port,
    url: (database) => `postgresql://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`,
    start,
    stop,
    async remove() {
      await stop();
      folder.remove();
    },
  };
}

function isAnythingLeftOf(cluster: string): boolean {
  const name = clusterName(cluster);
  return processIds().some((pid) => processRow(pid) && commandLineOf(pid).some((word) => word.includes(name)));
}
