import { mkdirSync } from "node:fs";
import type { Server } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { type ControlServer, openControlServer } from "../adapters/process/control-server.ts";
import type { ListenAddress } from "../adapters/process/listen.ts";
import { startTimeOf } from "../adapters/process/process-table.ts";
import { startSharing } from "../adapters/process/start-beside.ts";
import { systemClock } from "../adapters/system/system-clock.ts";
import type { Clock } from "../core/clock.ts";
import { messageOf, OperatorError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { systemError } from "../core/system-error.ts";
import { Duties, type Duty } from "../ops/duties.ts";
import { instanceOfKey } from "../ops/instance-table.ts";
import type { Closable } from "../ports/closable.ts";
import type { Log } from "../ports/log.ts";
import type { Metrics } from "../ports/metrics.ts";
import { buildHash } from "./build-hash.ts";
import { type Config, loadConfig } from "./config.ts";
import { publishFacts } from "./facts.ts";
import { Lifecycle } from "./lifecycle.ts";
import { listenKept } from "./listen-kept.ts";
import { openLog } from "./log.ts";
import { openDaemonMetrics } from "./metrics.ts";
import { startPulse } from "./pulse.ts";
import { redact } from "./redaction.ts";
import { openTracing } from "./tracing.ts";
import { watchDependency } from "./watch-dependency.ts";

/** What a daemon is, for its supervisor, its logs and its venue. */
export interface DaemonIdentity {
  /** `worker` */
  readonly service: string;
  /** `worker-2`; `api+3` when the process was started beside another to take its place. */
  readonly instance: string;
  readonly pid: number;
  readonly startTime: string;
  /** Given by whoever started the process: proves that it is that one. */
  readonly nonce: string;
  readonly buildHash: string;
}

export interface Daemon {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly identity: DaemonIdentity;
  /** Aborts when the daemon is asked to end. */
  readonly stopping: AbortSignal;
  readonly control: ControlServer;
  /** What is counted and shown at `/metrics`; the names are in src/ops/metric-catalogue.ts. */
  readonly metrics: Metrics;
  /** Registers what must be closed, in reverse order, each in bounded time. */
  open<T extends Closable>(name: string, resource: T | Promise<T>, withinMs?: number): Promise<T>;
  /** Reports that something of this kind went forward: a bar, a job, a request. Cheap; call it every time. */
  progress(what: string): void;
  /** Says that work of this kind has to go forward as long as there is some: when it does not, the beat tells. */
  owes(what: string, duty: Duty): void;
  /**
   * Watches something this daemon needs, by asking it once a second. While it does not answer the daemon is degraded,
   * with the reason, and is not started anew for work that stands still: that would not help.
   */
  needs(what: string, ask: () => Promise<unknown>): Promise<void>;
  /** Start-up is over: from now on the daemon does its work. */
  ready(): void;
  /** Tells the rest of the stack about itself (an address, a port); withdrawn when the daemon ends. */
  publish(facts: Readonly<Record<string, unknown>>): void;
  /**
   * Listens on the configured address, or on the socket the supervisor handed over. Port 0 takes a free one and
   * keeps it over restarts. A taken port is a conflict that names its holder. Publish the address that is returned.
   */
  listen(server: Server, address: ListenAddress): Promise<ListenAddress>;
  /** Ends the daemon from within. The reason is logged; exit 0. */
  stop(reason: string): void;
}

const besideParams = z.object({
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  output: z.string(),
});

/** The whole end, all closes together. After it the process leaves, whatever still hangs. */
const SHUTDOWN_MS = 8_000;

/**
 * The body of every daemon's main.ts. Opens log and control socket, calls `start`, and stays until SIGTERM, SIGINT
 * or `stop`; then closes everything and ends the process. This and the command line end processes; nothing else may.
 */
export async function runDaemon(
  service: string,
  start: (daemon: Daemon) => Promise<void>,
  options: { shutdownMs?: number } = {},
): Promise<void> {
  const shutdownMs = options.shutdownMs ?? SHUTDOWN_MS;
  const clock = systemClock;
  const lifecycle = new Lifecycle(clock);
  const stopping = new AbortController();
  let log: (Log & { close(): void }) | undefined;
  let ending: Promise<void> | undefined;

  const end = (code: number, reason: string, error?: unknown): Promise<void> => {
    ending ??= (async () => {
      stopping.abort();
      setTimeout(() => process.exit(code || EXIT_CODES.timeout.code), shutdownMs).unref();
      if (error === undefined) log?.info("stopping", { reason });
      else log?.error(reason, { error });
      // The supervisor keeps the last words of standard error as the reason it shows.
      if (error !== undefined) process.stderr.write(`${redact(lastWord(error))}\n`);
      const { failed } = await lifecycle.close();
      for (const one of failed) log?.warn("did not close", one);
      log?.info("stopped", { code });
      log?.close();
      process.exit(code);
    })();
    return ending;
  };
  process.on("SIGTERM", () => void end(0, "SIGTERM"));
  process.on("SIGINT", () => void end(0, "SIGINT"));
  process.on("SIGHUP", () => {});
  process.on("uncaughtException", (error) => void end(codeOf(error), "uncaught exception", error));
  process.on("unhandledRejection", (error) => void end(codeOf(error), "unhandled rejection", error));

  try {
    const config = await loadConfig();
    for (const folder of [config.paths.run, config.paths.logs]) mkdirSync(folder, { recursive: true });
    const identity = identify(service);
    log = openLog(
      config.paths.log(instanceOfKey(identity.instance)),
      { service, instance: identity.instance },
      config.log,
    );
    const tracing = await openTracing(identity);
    if (tracing !== undefined) await lifecycle.open("tracing", tracing);
    const control = await lifecycle.open("control", openControlServer(config.paths.controlSocket(identity.instance)));
    let listener: Server | undefined;
    const instance = instanceOfKey(identity.instance);
    control.on("start-beside", (params) => {
      const { output, ...program } = besideParams.parse(params);
      return { pid: listener === undefined ? null : startSharing(listener, program, output) };
    });
    const duties = new Duties(() => clock.monotonic());
    const pulse = startPulse({ clock, control, identity, duties, stopping: stopping.signal });
    await lifecycle.open("pulse", pulse);
    const vitals = { ...identity, ...pulse.vitals };
    const metrics = await lifecycle.open("metrics", openDaemonMetrics(config, vitals));
    control.on("metrics", () => metrics.render());
    control.on("promote", async () => {
      if (instance === identity.instance) return;
      await lifecycle.open("name", control.alsoAt(config.paths.controlSocket(instance)));
      metrics.renameTo(instance);
    });
    control.on("spans", (traceId) => (typeof traceId === "string" && tracing?.spansOf(traceId)) || []);
    const opened = log;
    opened.info("starting", { pid: identity.pid, build: identity.buildHash, profile: config.profile });
    await start({
      config,
      clock,
      log: opened,
      identity,
      stopping: stopping.signal,
      control,
      metrics,
      open: (name, resource, withinMs) => lifecycle.open(name, resource, withinMs),
      progress: (what) => duties.progress(what),
      owes: (what, duty) => duties.owe(what, duty),
      async needs(what, ask) {
        const tell = (trouble: string | undefined) => duties.depend(what, trouble);
        await lifecycle.open(`watch of ${what}`, watchDependency(clock, ask, tell));
      },
      ready() {
        if (pulse.ready()) opened.info("ready");
      },
      publish(facts) {
        void lifecycle.open("facts", publishFacts(config.paths.facts(instance), identity, facts));
      },
      listen(server, address) {
        listener = server;
        return listenKept(server, address, join(config.paths.home, `${service}.port`));
      },
      stop: (reason) => void end(0, reason),
    });
  } catch (error) {
    // What fails because the end has begun is not a failure of its own.
    const cause = systemError(error) ?? error;
    if (!stopping.signal.aborted) await end(codeOf(cause), "could not start", cause);
  }
}

function identify(service: string): DaemonIdentity {
  return {
    service,
    instance: process.env.TTT_INSTANCE ?? service,
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? "",
    nonce: process.env.TTT_NONCE ?? "",
    buildHash: buildHash(),
  };
}

function codeOf(error: unknown): number {
  return error instanceof OperatorError ? error.exitCode : EXIT_CODES.bug.code;
}

function lastWord(error: unknown): string {
  if (!(error instanceof OperatorError)) return error instanceof Error && error.stack ? error.stack : messageOf(error);
  const { code, found, hint } = error.details;
  return [`${error.message} [${code}]`, found && `found: ${found}`, hint && `try: ${hint}`].filter(Boolean).join("; ");
}
