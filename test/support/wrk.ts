import { execa } from "execa";

export interface LoadReport {
  readonly requests: number;
  /** Answers that were not good, and connections or reads that failed. */
  readonly failed: readonly string[];
}

/** The load generator wrk against one address, over connections that stay open. */
export async function wrk(url: string, options: { seconds: number; connections: number }): Promise<LoadReport> {
  const { seconds, connections } = options;
  const { stdout } = await execa("wrk", ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "5s", url]);
  return {
    requests: Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0),
    failed: stdout.split("\n").filter((line) => /Socket errors|Non-2xx/.test(line)),
  };
}
