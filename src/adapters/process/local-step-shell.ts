import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import type { StepEnd, StepProcess, StepShell } from "../../ports/step-shell.ts";
import { isAlive, startTimeOf } from "./process-table.ts";

/** Longer output is kept by its end: what went wrong is said last. */
const MOST_OUTPUT = 64 * 1024;
/** What a step may take to end when it is told to, before it is made to. */
const END_GRACE_MS = 5_000;
/** How long what is still in the pipes may take to arrive once the shell has ended. */
const DRAIN_MS = 500;
const LOOK_MS = 50;

export interface LocalShellSettings {
  /** In front of the path, so that `ttt` in a step is this ttt. */
  readonly binFolder: string;
  readonly redact: (text: string) => string;
}

/** `sh -eu` on this machine, each step the leader of a process group of its own. */
export function localStepShell({ binFolder, redact }: LocalShellSettings): StepShell {
  return {
    run: ({ script, variables, timeoutMs, signal, onOutput, onProcess }) =>
      new Promise<StepEnd>((resolve, reject) => {
        const started = performance.now();
        const env = { ...process.env, ...variables, PATH: `${binFolder}:${process.env.PATH ?? ""}`, NO_COLOR: "1" };
        const child = spawn("/bin/sh", ["-euc", script], { detached: true, stdio: ["ignore", "pipe", "pipe"], env });
        let [stdout, output, ended] = ["", "", "by-itself" as StepEnd["ended"]];
        child.once("error", reject);
        if (child.pid === undefined) return;
        const group = child.pid;
        // Written down before it can matter: a runner that dies now leaves a name to look for.
        const written = onProcess({ pid: group, startTime: startTimeOf(group) ?? "" });
        const end = (why: "timeout" | "stopped") => {
          if (ended === "by-itself") ended = why;
          endGroup(group);
        };
        const timer = setTimeout(() => end("timeout"), timeoutMs);
        const onStop = () => end("stopped");
        if (signal.aborted) onStop();
        signal.addEventListener("abort", onStop, { once: true });
        const take = (text: string) => {
          const clean = redact(text);
          output = (output + clean).slice(-MOST_OUTPUT);
          onOutput(clean);
        };
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
          stdout = (stdout + text).slice(-MOST_OUTPUT);
          take(text);
        });
        child.stderr.setEncoding("utf8").on("data", take);
        // A daemon that the step started may keep the pipes open for as long as it lives.
        child.once("exit", (exit) => {
          clearTimeout(timer);
          signal.removeEventListener("abort", onStop);
          const durationMs = Math.round(performance.now() - started);
          const patience = setTimeout(() => {
            for (const stream of [child.stdout, child.stderr]) stream.destroy();
          }, DRAIN_MS);
          child.once("close", () => {
            clearTimeout(patience);
            written.then(() => resolve({ exit, ended, stdout: redact(stdout), output, durationMs }), reject);
          });
        });
      }),

    async settle(shell, timeoutMs) {
      if (!isAlive(shell)) return "was-gone";
      if (await isGoneWithin(shell, timeoutMs)) return "ended";
      endGroup(shell.pid);
      await isGoneWithin(shell, 2 * END_GRACE_MS);
      return "killed";
    },
  };
}

async function isGoneWithin(shell: StepProcess, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(shell)) {
    if (performance.now() > deadline) return false;
    await pause(LOOK_MS);
  }
  return true;
}

function endGroup(group: number): void {
  signalGroup(group, "SIGTERM");
  setTimeout(() => signalGroup(group, "SIGKILL"), END_GRACE_MS).unref();
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // All of it is gone already.
  }
}
