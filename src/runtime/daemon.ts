import { mkdirSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { z } from "zod";
import { readIfExists, writePrivate } from "../adapters/files/state-files.ts";
import { type ControlServer, openControlServer } from "../adapters/process/control-server.ts";
import { type ListenAddress, listenOn, listenOnOrAnywhere } from "../adapters/process/listen.ts";
import { startTimeOf } from "../adapters/process/process-table.ts";
import { startSharing } from "../adapters/process/start-beside.ts";
import { systemClock } from "../adapters/system/system-clock.ts";
import type { Clock } from "../core/clock.ts";
import { messageOf, OperatorError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { instanceOfKey } from "../ops/instance-table.ts";
import type { Closable } from "../ports/closable.ts";
import type { Log } from "../ports/log.ts";
import type { Metrics } from "../ports/metrics.ts";
import { buildHash } from "./build-hash.ts";
import { type Config, loadConfig } from "./config.ts";
import { Lifecycle } from "./lifecycle.ts";
import { openLog } from "./log.ts";
import { openDaemonMetrics, type Vitals } from "./metrics.ts";
import { redact } from "./redaction.ts";
import { openTracing } from "./tracing.ts";

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

/** Pushed to everybody who watches the control socket, every 250 ms. */
export interface Beat {
  readonly at: number;
  readonly ready: boolean;
  readonly stopping: boolean;
  /** The longest time the event loop did not turn since the last beat. */
  readonly lagMs: number;
  /** How often, and how long ago, each kind of progress was reported. */
  readonly progress: Readonly<Record<string, { readonly count: number; readonly ageMs: number }>>;
  readonly rssBytes: number;
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

const BEAT_MS = 250;
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
    control.on("promote", async () => {
      if (instance === identity.instance) return;
      await lifecycle.open("name", control.alsoAt(config.paths.controlSocket(instance)));
    });
    const pulse = startPulse(clock, control, identity, stopping.signal);
    await lifecycle.open("pulse", pulse);
    const vitals = { ...identity, ...pulse.vitals };
    const metrics = await lifecycle.open("metrics", openDaemonMetrics(config, vitals));
    control.on("metrics", () => metrics.render());
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
      progress: pulse.progress,
      ready() {
        if (pulse.ready()) opened.info("ready");
      },
      publish(facts) {
        publishFacts(lifecycle, config.paths.facts(instance), identity, facts);
      },
      listen(server, address) {
        listener = server;
        return listen(server, address, join(config.paths.home, `${service}.port`));
      },
      stop: (reason) => void end(0, reason),
    });
  } catch (error) {
    // What fails because the end has begun is not a failure of its own.
    if (!stopping.signal.aborted) await end(codeOf(error), "could not start", error);
  }
}

/** What a running instance published, or undefined when it did not or left. */
export function readFacts(config: Config, instance: string): Record<string, unknown> | undefined {
  const text = readIfExists(config.paths.facts(instance));
  if (text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null ? { ...value } : undefined;
}

function publishFacts(
  lifecycle: Lifecycle,
  path: string,
  identity: DaemonIdentity,
  facts: Readonly<Record<string, unknown>>,
): void {
  writePrivate(path, JSON.stringify({ pid: identity.pid, startTime: identity.startTime, ...facts }));
  const withdraw = () => {
    // The one that took our place has published its own by now.
    if (readIfExists(path)?.includes(`"pid":${identity.pid},`)) rmSync(path, { force: true });
  };
  void lifecycle.open("facts", { close: withdraw });
}

async function listen(server: Server, address: ListenAddress, keptIn: string): Promise<ListenAddress> {
  const handedOver = process.env.TTT_LISTEN_FD;
  if (handedOver !== undefined) return listenOn(server, address, { descriptor: Number(handedOver) });
  if (address.port !== 0) return listenOn(server, address);
  const kept = Number(readIfExists(keptIn) ?? 0) || 0;
  const bound = await listenOnOrAnywhere(server, { ...address, port: kept });
  if (bound.port !== kept) writePrivate(keptIn, String(bound.port));
  return bound;
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

interface Pulse extends Closable {
  progress(what: string): void;
  /** False when it was ready before. */
  ready(): boolean;
  readonly vitals: Pick<Vitals, "isReady" | "takeLagMs" | "progress">;
}

/** Beats from the event loop itself, so that a loop that does not turn is a beat that does not come. */
function startPulse(clock: Clock, control: ControlServer, identity: DaemonIdentity, stopping: AbortSignal): Pulse {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const watchers = new Set<(beat: Beat) => void>();
  const seen = new Map<string, { count: number; at: number }>();
  let isReady = false;
  let worstLagMs = 0;

  const beat = (): Beat => ({
    at: clock.now(),
    ready: isReady,
    stopping: stopping.aborted,
    lagMs: Math.round(delay.max / 1e6),
    progress: Object.fromEntries(
      [...seen].map(([what, { count, at }]) => [what, { count, ageMs: Math.round(clock.monotonic() - at) }]),
    ),
    rssBytes: process.memoryUsage.rss(),
  });
  const push = () => {
    if (watchers.size === 0) return;
    const now = beat();
    worstLagMs = Math.max(worstLagMs, now.lagMs);
    delay.reset();
    for (const emit of watchers) emit(now);
  };
  const timer = setInterval(push, BEAT_MS);

  control.on("identity", () => identity);
  control.on("status", () => ({ identity, ...beat() }));
  control.stream("beats", (_params, emit, signal) => {
    emit({ identity, ...beat() });
    watchers.add(emit);
    signal.addEventListener("abort", () => watchers.delete(emit), { once: true });
  });
  return {
    progress(what) {
      const entry = seen.get(what);
      if (entry) {
        entry.count += 1;
        entry.at = clock.monotonic();
      } else seen.set(what, { count: 1, at: clock.monotonic() });
    },
    ready() {
      if (isReady) return false;
      isReady = true;
      push();
      return true;
    },
    vitals: {
      isReady: () => isReady,
      takeLagMs() {
        const worst = Math.max(worstLagMs, delay.max / 1e6);
        worstLagMs = 0;
        // Beats that are watched do it; without them the worst would stay for good.
        if (watchers.size === 0) delay.reset();
        return worst;
      },
      progress: () =>
        new Map([...seen].map(([what, { count, at }]) => [what, { count, ageMs: clock.monotonic() - at }])),
    },
    close() {
      clearInterval(timer);
      delay.disable();
    },
  };
}
