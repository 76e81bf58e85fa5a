import { spawn } from "node:child_process";
import type { Sight } from "./look-at.ts";

/** Of what it says, the end: that is where programs say what is wrong. */
const MOST_OUTPUT = 1_000;
const LAST_WORDS = 200;

interface ExecOptions {
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Runs a program, the leader of a group of its own. Well is exit 0. What is late or given up is killed with its group. */
export function lookByExec(
  [program = "", ...args]: readonly string[],
  { timeoutMs, env, signal }: ExecOptions,
): Promise<Sight> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    let [output, end] = ["", ""];
    const kill = (why: string) => {
      end ||= why;
      // Pipes that a grandchild holds open are not waited for.
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const giveUp = () => kill("given up");
    const timer = setTimeout(() => kill("timeout"), timeoutMs);
    signal.addEventListener("abort", giveUp, { once: true });
    const settle = (healthy: boolean, status: string, excerpt: string) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      resolve({ healthy, status, excerpt });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output = (output + text).slice(-MOST_OUTPUT);
      });
    }
    child.on("error", (error) => settle(false, "not started", error.message));
    child.on("close", (code, killedBy) => {
      const status = end || (code === null ? `signal ${killedBy}` : `exit ${code}`);
      settle(status === "exit 0", status, output.trimEnd().slice(-LAST_WORDS));
    });
    if (signal.aborted) giveUp();
  });
}

function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // All of it is gone already.
  }
}
