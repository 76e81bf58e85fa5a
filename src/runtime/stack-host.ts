import { join } from "node:path";
import { clusterName, prepareCluster } from "../adapters/embedded/cluster.ts";
import { isAccepting } from "../adapters/embedded/is-accepting.ts";
import { keptSecret } from "../adapters/files/state-files.ts";
import { controlWatch } from "../adapters/process/control-client.ts";
import { LocalProcessHost } from "../adapters/process/local-process-host.ts";
import type { HostedProcess, ProcessHost } from "../ports/process-host.ts";
import type { Program } from "../ports/program.ts";
import type { Config } from "./config.ts";
import type { Beat, DaemonIdentity } from "./daemon.ts";
import { DATABASE_PORT, DATABASE_SECRET, DATABASE_USER } from "./database.ts";
import { packageRoot } from "./package-root.ts";
import { registerSecret } from "./redaction.ts";

export type { HostedProcess };

/** What the supervisor needs from the machine. */
export interface StackHost {
  readonly processes: ProcessHost;
  /** The program of a service, made ready to start: the database is created on this way. */
  program(service: string): Promise<Program>;
  /** Hears an instance's beats. Resolves when connected, with a promise that ends with the connection. */
  watchBeats(instance: string, onBeat: (beat: HeardBeat) => void): Promise<{ ended: Promise<void>; close(): void }>;
  /** Knocks at a foreign server. */
  probe(service: string): Promise<{ healthy: boolean; detail: string }>;
}

export type HeardBeat = Beat & { readonly identity?: DaemonIdentity };

const PROBE_TIMEOUT_MS = 1_000;

export function openStackHost(config: Config, argumentsFor = daemonArguments): StackHost {
  const { paths } = config;
  return {
    processes: openProcessHost(config),
    async program(service) {
      if (service === "postgres") return postgres(config);
      return { command: process.execPath, args: argumentsFor(service), env: { TTT_SERVICE: service } };
    },
    async watchBeats(instance, onBeat) {
      return controlWatch(paths.controlSocket(instance), "beats", undefined, (event) => onBeat(event as HeardBeat));
    },
    async probe() {
      const answer = await isAccepting(paths.postgresSocket, DATABASE_PORT, DATABASE_USER, PROBE_TIMEOUT_MS);
      return { healthy: answer.state === "accepting", detail: answer.detail };
    },
  };
}

export function openProcessHost({ paths }: Config): ProcessHost {
  return new LocalProcessHost({
    home: paths.home,
    outputFile: (instance) => join(paths.logs, `${instance}.out`),
    titles: { postgres: clusterName(paths.postgres) },
  });
}

/** What Node runs for a daemon: the bundle's launcher with its name, or from source its own main.ts. */
export function daemonArguments(service: string): string[] {
  const root = packageRoot();
  const fromSource = import.meta.filename.endsWith(".ts");
  return fromSource ? [join(root, "daemons", service, "main.ts")] : [join(root, "bin", "daemon.js"), service];
}

async function postgres({ paths }: Config): Promise<Program> {
  const password = keptSecret(paths.secret(DATABASE_SECRET));
  registerSecret(password);
  return prepareCluster({
    folder: paths.postgres,
    socketFolder: paths.postgresSocket,
    port: DATABASE_PORT,
    user: DATABASE_USER,
    password,
  });
}
