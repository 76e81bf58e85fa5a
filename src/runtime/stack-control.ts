import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { controlCall, controlWatch } from "../adapters/process/control-client.ts";
import { holdLock } from "../adapters/process/lock.ts";
import { OperatorError } from "../core/errors.ts";
import { EXIT_CODES, type ExitName } from "../core/exit-codes.ts";
import type { StackEvent, StackSnapshot, SupervisorProcess } from "../ops/stack-feed.ts";
import type { StackControl } from "../ports/stack-control.ts";
import type { Config } from "./config.ts";
import { isSetting, readDesired, writeDesired } from "./desired-stack.ts";
import { daemonArguments, openProcessHost } from "./stack-host.ts";
import { endSupervisor, findSupervisor } from "./supervisor-process.ts";

const SUPERVISOR = "supervisor";
const LAUNCH_TIMEOUT_MS = 10_000;
/** An answer takes a millisecond; after the first of these the kernel is asked, after the second we give up. */
const FIRST_WORD_MS = 1_000;
const PATIENCE_MS = 4_000;
const LOOK_MS = 20;

export function openStackControl(config: Config): StackControl {
  const { paths } = config;
  const socket = paths.controlSocket(SUPERVISOR);
  let host: ReturnType<typeof openProcessHost> | undefined;
  const processes = () => {
    host ??= openProcessHost(config);
    return host.find();
  };
  const call = (command: string, params?: unknown) => controlCall(socket, command, params);
  return {
    snapshot: async () => (await firstWord(config)) as StackSnapshot,
    watch: (onEvent, options = {}) => controlWatch(socket, "watch", options, (event) => onEvent(event as StackEvent)),
    want: async (names, wanted) => ((await call("want", { names, wanted })) as { instances: string[] }).instances,
    scale: async (service, count) => (await call("scale", { service, count })) as StackSnapshot,
    reload: async (instance, timeoutMs) =>
      (await controlCall(socket, "reload", { instance }, { timeoutMs })) as { ok: boolean; reason: string },
    down: async () => (await call("down")) as StackSnapshot,
    launch: (options) => launch(config, options),
    endSupervisor: () => endSupervisor(paths.home),
    isMeantToBeUp: () => readDesired(paths) !== undefined,
    forget: () => writeDesired(paths, undefined),
    processes,
    remains: async () => [
      ...processes().map(({ instance, pid }) => `process ${pid} (${instance})`),
      ...(await staleOrHeld(paths.run)),
    ],
  };
}

/**
 * The snapshot, or who does not answer. A supervisor that was stopped by a signal is known at once; one that may only
 * be busy is given its whole time.
 */
async function firstWord({ paths }: Config): Promise<unknown> {
  const socket = paths.controlSocket(SUPERVISOR);
  for (const timeoutMs of [FIRST_WORD_MS, PATIENCE_MS]) {
    try {
      return await controlCall(socket, "snapshot", undefined, { timeoutMs });
    } catch (error) {
      if (!(error instanceof OperatorError && error.details.code === "CONTROL_TIMEOUT")) throw error;
      const found = findSupervisor(paths.home);
      if (timeoutMs === PATIENCE_MS || found?.isStopped) throw hung(found, error);
    }
  }
}

function hung(found: SupervisorProcess | undefined, cause: OperatorError): OperatorError {
  const who = found === undefined ? "no process of it to be seen" : `pid ${found.pid}`;
  return new OperatorError("The supervisor is there but does not answer. What it started goes on.", {
    exit: "timeout",
    code: "SUPERVISOR_HUNG",
    found: found?.isStopped ? `${who}, stopped by a signal` : who,
    hint: "ttt up ends it and starts a new one, which takes over what runs; ttt down ends everything",
    retryable: true,
    cause,
  });
}

async function launch(config: Config, { fresh }: { fresh: boolean }): Promise<void> {
  const { paths } = config;
  const socket = paths.controlSocket(SUPERVISOR);
  if (await answers(socket)) return;
  if (fresh) writeDesired(paths, undefined);
  const desired = readDesired(paths);
  for (const folder of [paths.home, paths.run, paths.logs]) mkdirSync(folder, { recursive: true });
  const output = join(paths.logs, `${SUPERVISOR}.out`);
  const descriptor = openSync(output, "w", 0o600);
  const child = spawn(process.execPath, daemonArguments(SUPERVISOR), {
    detached: true,
    stdio: ["ignore", descriptor, descriptor],
    cwd: desired && existsSync(desired.folder) ? desired.folder : process.cwd(),
    env: { ...environmentWith(desired?.environment ?? config.environment), TTT_HOME: paths.home },
  });
  closeSync(descriptor);
  child.unref();
  const deadline = performance.now() + LAUNCH_TIMEOUT_MS;
  while (!(await answers(socket))) {
    const lost = child.exitCode !== null || child.signalCode !== null;
    // Of two that were launched at the same time one ends at once, and the other one answers.
    if (lost && child.exitCode !== EXIT_CODES.conflict.code) throw refused(child.exitCode, output);
    if (performance.now() > deadline) throw refused(null, output);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** This shell's environment, with the settings of the stack in the place of whatever it holds of them. */
function environmentWith(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("TTT_") && !isSetting(name));
  return { ...Object.fromEntries(own), ...settings };
}

async function answers(socket: string): Promise<boolean> {
  try {
    await controlCall(socket, "snapshot");
    return true;
  } catch (error) {
    if (error instanceof OperatorError && ["CONTROL_ABSENT", "CONTROL_UNKNOWN"].includes(error.details.code))
      return false;
    throw error;
  }
}

function refused(exitCode: number | null, output: string): OperatorError {
  const words = existsSync(output) ? readFileSync(output, "utf8").trim().split("\n").at(-1) : "";
  const exit = Object.entries(EXIT_CODES).find(([, row]) => row.code === exitCode)?.[0] as ExitName | undefined;
  return new OperatorError("The supervisor did not start.", {
    exit: exit === undefined || exit === "ok" ? "timeout" : exit,
    code: "SUPERVISOR_NOT_STARTED",
    found: words || "no word of it",
    hint: `See ${output}`,
  });
}

/** Sockets that nobody holds are removed; those that somebody holds are named. */
async function staleOrHeld(folder: string): Promise<string[]> {
  const held: string[] = [];
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const path = join(folder, name);
    if (name.endsWith(".sock")) {
      const lock = await holdLock(path);
      if (!lock) {
        held.push(`lock of ${name.slice(0, -".sock".length)}`);
        continue;
      }
      await lock.close();
      rmSync(path, { force: true });
    } else if (name.endsWith(".json")) rmSync(path, { force: true });
  }
  return held;
}
