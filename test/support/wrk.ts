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
 * The load generator wrk against one address of the API, over connections that stay open, from before `work` begins
 * until after it has ended: at both times answers are seen to come.
 */
export async function wrkDuring<T>(url: string, work: () => Promise<T>): Promise<{ load: LoadReport; outcome: T }> {
  const running = execa("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${LIMIT}`, "--timeout", "90s", url], { reject: false });
  try {
    await answersCome(url);
    const outcome = await work();
    await answersCome(url);
    // It prints what it has seen when it is interrupted.
    running.kill("SIGINT");
    const { stdout } = await running;
    const requests = Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0);
    const failed = stdout.split("\n").filter((line) => /Socket errors|Non-2xx/.test(line));
    return { load: { requests, failed: requests === 0 ? [stdout, ...failed] : failed }, outcome };
  } finally {
    running.kill("SIGKILL");
  }
}

/** By the count that the serving process keeps itself. */
async function answersCome(url: string): Promise<void> {
  const { pathname, origin } = new URL(url);
  const count = async () => {
    const text = await (await fetch(`${origin}/metrics`)).text();
    const rows = text.matchAll(/^ttt_http_requests_total\{([^}]*)\} (\d+)$/gm);
    return [...rows].reduce((sum, [, labels, n]) => sum + (labels!.includes(`route="${pathname}"`) ? Number(n) : 0), 0);
  };
  const before = await count();
  await until("answers to the load", async () => (await count()) > before + 2 * CONNECTIONS);
}
