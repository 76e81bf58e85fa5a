import { spawn } from "node:child_process";
import { join } from "node:path";
import { controlCall } from "../adapters/process/control-client.ts";
import type { Config } from "./config.ts";
import { packageRoot } from "./package-root.ts";

const ASK_MS = 300;

/**
 * Sees to it that notices leave the house without anybody waiting for it: the supervisor sends them, and where none
 * runs a process of its own does. Returns which.
 */
export async function notifyBeside(config: Config): Promise<"supervisor" | "process" | "nobody"> {
  if (config.incident.contacts.length === 0) return "nobody";
  try {
    await controlCall(config.paths.controlSocket("supervisor"), "snapshot", undefined, { timeoutMs: ASK_MS });
    return "supervisor";
  } catch {
    const child = spawn(join(packageRoot(), "bin", "ttt"), ["incident", "notify"], {
      detached: true,
      stdio: "ignore",
      env: { ...process.env, TTT_HOME: config.paths.home },
    });
    // Where it cannot be started, the next supervisor sends what waits.
    child.on("error", () => {});
    child.unref();
    return "process";
  }
}
