import { commandLineOf, environmentOf, isAlive, processIds, processRow } from "../adapters/process/process-table.ts";
import type { SupervisorProcess } from "../ops/stack-feed.ts";

const GONE_WITHIN_MS = 5_000;
const LOOK_MS = 10;

/** The supervisor of a state directory as the machine shows it, whether or not it answers. */
export function findSupervisor(home: string): SupervisorProcess | undefined {
  for (const pid of processIds()) {
    const words = commandLineOf(pid).filter((word) => word !== "");
    if (!isSupervisor(words)) continue;
    const environment = environmentOf(pid);
    const row = processRow(pid);
    if (row === undefined || environment?.get("TTT_HOME") !== home || environment.has("TTT_NONCE")) continue;
    return { pid, startTime: row.startTime, isStopped: row.state === "T" };
  }
  return undefined;
}

/** Ends it at once: it does not hear a request. What it started is in groups of its own and goes on. */
export async function endSupervisor(home: string): Promise<SupervisorProcess | undefined> {
  const found = findSupervisor(home);
  if (found === undefined) return undefined;
  process.kill(found.pid, "SIGKILL");
  const deadline = performance.now() + GONE_WITHIN_MS;
  while (isAlive(found) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return found;
}

/** `node bin/daemon.js supervisor` of the bundle, or its main.ts from source. */
function isSupervisor(words: readonly string[]): boolean {
  const last = words.at(-1) ?? "";
  if (last === "supervisor") return words.at(-2)?.endsWith("daemon.js") === true;
  return last.endsWith("daemons/supervisor/main.ts");
}
