import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Program } from "../../../src/ports/program.ts";

/** A server that a test started. */
export interface RunningProgram {
  readonly pid: number;
  /** SIGTERM or the given signal to its whole process group, SIGKILL when it stays. Resolves when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const POLL_MS = 20;
const STOP_MS = 10_000;
/** RabbitMQ alone takes some 10 s on a machine that is quick and idle. */
const READY_MS = 240_000;

/**
 * Starts a program in a process group of its own, its output going to `logFile`, and waits until `isReady`. Where the
 * kernel can do it, the program is killed when this process dies without stopping it.
 */
export async function startProgram(
  program: Program,
  options: { logFile: string; isReady: () => Promise<boolean> },
): Promise<RunningProgram> {
  const output = openSync(options.logFile, "a");
  const { command, args } = withParentDeathSignal(program);
  const child = spawn(command, args, {
    cwd: "/",
    detached: true,
    stdio: ["ignore", output, output],
    env: { PATH: process.env.PATH, LANG: "C.UTF-8", ...program.env },
  });
  closeSync(output);
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  failed.catch(() => {});
  const running: RunningProgram = { pid: child.pid ?? 0, stop: (signal = "SIGTERM") => stop(child, signal) };
  const deadline = performance.now() + READY_MS;
  const tail = () => readFileSync(options.logFile, "utf8").split("\n").slice(-15).join("\n");
  while (!(await Promise.race([options.isReady(), failed]))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${program.command} ended (${child.exitCode ?? child.signalCode}):\n${tail()}`);
    }
    if (performance.now() > deadline) {
      await running.stop("SIGKILL");
      throw new Error(`${program.command} was not ready within ${READY_MS} ms:\n${tail()}`);
    }
    await sleep(POLL_MS);
  }
  return running;
}

/** Whether something accepts connections there. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const group = -(child.pid ?? 0);
  if (group === 0) return;
  signalGroup(group, signal);
  const deadline = performance.now() + STOP_MS;
  while (groupIsAlive(group)) {
    if (performance.now() > deadline) signalGroup(group, "SIGKILL");
    await sleep(POLL_MS);
  }
}

function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(group, signal);
  } catch {
    return false;
  }
}

const groupIsAlive = (group: number) => signalGroup(group, 0);

function withParentDeathSignal({ command, args, uid, gid }: Program): { command: string; args: string[] } {
  if (!existsSync("/usr/bin/setpriv")) {
    if (uid !== undefined) throw new Error("setpriv (util-linux) is needed to run a server as another user");
    return { command, args: [...args] };
  }
  const ids = uid === undefined ? [] : ["--reuid", String(uid), "--regid", String(gid ?? uid), "--clear-groups"];
  return { command: "/usr/bin/setpriv", args: ["--pdeathsig", "KILL", ...ids, command, ...args] };
}
