import { readFileSync } from "node:fs";
import { execa } from "execa";
import { until } from "./until.ts";

export interface LoadReport {
  readonly requests: number;
  /** Answers that were not good, and connections or reads that failed. */
  readonly failed: readonly string[];
}

const CONNECTIONS = 16;
/** Longer than anything takes: it is ended when the work is done. */
const LIMIT = "30m";

/**
 * The load generator wrk against one address of this machine, over connections that stay open, from before `work`
 * begins until after it has ended: at both times all its connections stand.
 */
export async function wrkDuring<T>(url: string, work: () => Promise<T>): Promise<{ load: LoadReport; outcome: T }> {
  const running = execa("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${LIMIT}`, "--timeout", "90s", url], { reject: false });
  const stands = () => until("the load", () => connectionsTo(Number(new URL(url).port)) >= CONNECTIONS);
  try {
    await stands();
    const outcome = await work();
    await stands();
    // It says what it has seen when it is interrupted.
    running.kill("SIGINT");
    const { stdout, stderr } = await running;
    const requests = Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0);
    const failed = stdout.split("\n").filter((line) => /Socket errors|Non-2xx/.test(line));
    return { load: { requests, failed: requests === 0 ? [stdout + stderr] : failed }, outcome };
  } finally {
    running.kill("SIGKILL");
  }
}

const ESTABLISHED = "01";

/** How many connections a port of 127.0.0.1 has, by the kernel's table. */
function connectionsTo(port: number): number {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = readFileSync("/proc/net/tcp", "utf8").split("\n");
  return rows.map((row) => row.trim().split(/\s+/)).filter((row) => row[1] === local && row[3] === ESTABLISHED).length;
}
