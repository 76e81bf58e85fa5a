import { globSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as z from "zod/mini";
import { clusterName, prepareCluster } from "../adapters/embedded/cluster.ts";
import { keptSecret } from "../adapters/files/state-files.ts";
import { lookAt } from "../adapters/probes/look-at.ts";
import { controlCall, controlWatch } from "../adapters/process/control-client.ts";
import { LocalProcessHost, newNonce } from "../adapters/process/local-process-host.ts";
import { startTimeOf } from "../adapters/process/process-table.ts";
import type { ProbeAnswer, ProbeSpec } from "../ops/probe.ts";
import type { HostedProcess, ProcessEnd, ProcessHost } from "../ports/process-host.ts";
import type { Program } from "../ports/program.ts";
import { installedBuildHash } from "./build-hash.ts";
import type { Config } from "./config.ts";
import type { DaemonIdentity } from "./daemon.ts";
import { DATABASE_PORT, DATABASE_SECRET, DATABASE_USER } from "./database.ts";
import { readFacts } from "./facts.ts";
import { packageRoot } from "./package-root.ts";
import type { Beat } from "./pulse.ts";
import { redact, registerSecret } from "./redaction.ts";

export type { HostedProcess, ProcessEnd };

/** What the supervisor needs from the machine. */
export interface StackHost {
  readonly processes: ProcessHost;
  /** The program of a service, made ready to start: the database is created on this way. */
  program(service: string): Promise<Program>;
  /** Hears an instance's beats. Resolves when connected, with a promise that ends with the connection. */
  watchBeats(instance: string, onBeat: (beat: HeardBeat) => void): Promise<{ ended: Promise<void>; close(): void }>;
  /**
   * Starts a second process of an instance beside the first, which hands it its listening socket where it has one:
   * no connection is lost while the two change places.
   */
  startBeside(
    first: string,
    second: string,
    program: Program,
    onEnd: (end: ProcessEnd) => void,
  ): Promise<{ readonly pid: number }>;
  /** Makes a process answer under its instance's own name. */
  promote(process: string): Promise<unknown>;
  /** The names under which daemons of this stack say that they are there, whether or not they are. */
  announced(): string[];
  /** Takes back what one that is gone for good still says of itself: nobody is to miss it. */
  forget(name: string): void;
  /** Hash of the build that a process started now would run. */
  installedBuild(): string;
  /** Asks an instance from outside. Never rejects: no answer is an answer. */
  look(
    probe: ProbeSpec,
    of: { readonly instance: string; readonly pid: number },
    signal: AbortSignal,
  ): Promise<ProbeAnswer>;
}

export type HeardBeat = Beat & { readonly identity?: DaemonIdentity };

export function openStackHost(config: Config, argumentsFor = daemonArguments): StackHost {
  const { paths } = config;
  const processes = openProcessHost(config);
  return {
    processes,
    async startBeside(first, second, program, onEnd) {
      const nonce = newNonce();
      const reply = await controlCall(paths.controlSocket(first), "start-beside", {
        ...program,
        env: { ...program.env, TTT_INSTANCE: second, TTT_NONCE: nonce },
        output: join(paths.logs, `${second}.out`),
      });
      const { pid } = z.object({ pid: z.nullable(z.number()) }).parse(reply);
      // It listens nowhere, so there is nothing to hand over.
      if (pid === null) return processes.start(second, program, onEnd);
      processes.adopt({ instance: second, pid, startTime: startTimeOf(pid) ?? "", nonce }, onEnd);
      return { pid };
    },
    promote: (process) => controlCall(paths.controlSocket(process), "promote"),
    announced: () =>
      globSync("*.json", { cwd: dirname(paths.scrapeTarget("any")) }).map((file) => basename(file, ".json")),
    forget(name) {
      for (const path of [paths.scrapeTarget(name), paths.controlSocket(name)]) rmSync(path, { force: true });
    },
    installedBuild: () => installedBuildHash(),
    async program(service) {
      if (service === "postgres") return postgres(config);
      return { command: process.execPath, args: argumentsFor(service), env: { TTT_SERVICE: service } };
    },
    async watchBeats(instance, onBeat) {
      return controlWatch(paths.controlSocket(instance), "beats", undefined, (event) => onBeat(event as HeardBeat));
    },
    look: async (probe, { instance, pid }, signal) => {
      const answer = await lookAt(probe, {
        publishedUrl: () => publishedUrl(config, instance),
        postgres: { folder: paths.postgresSocket, port: DATABASE_PORT, user: DATABASE_USER },
        env: { TTT_HOME: paths.home, TTT_INSTANCE: instance, TTT_PID: String(pid) },
        signal,
      });
      return { ...answer, excerpt: redact(answer.excerpt) };
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

/** Where an instance said that it serves; undefined when it said nothing. */
function publishedUrl(config: Config, instance: string): string | undefined {
  const url = readFacts(config, instance)?.url;
  return typeof url === "string" ? url : undefined;
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
