import { createHash } from "node:crypto";
import { hostname } from "node:os";
import type { Config } from "./config.ts";

/**
 * The name under which a worker holds leases: its instance, marked by host and state directory. Of all that share one
 * database, one process at a time has it, because an instance's control socket is its lock.
 */
export function workerName(config: Config, instance: string): string {
  const place = createHash("sha256").update(`${hostname()}\n${config.paths.home}`).digest("hex").slice(0, 6);
  return `${instance}.${place}`;
}
