import { join } from "node:path";
import { FileKillLatch } from "../adapters/files/file-kill-latch.ts";
import { requireFolder } from "../adapters/files/make-folder.ts";
import type { LevelRaise } from "../ports/kill-store.ts";
import type { Config } from "./config.ts";

/** The folder whose files kill: one for all workers of this host. */
export const killFolder = (config: Config): string => join(config.paths.home, "kill");

export function openFileKillLatch(config: Config): FileKillLatch {
  return new FileKillLatch(killFolder(config));
}

/** Throws (exit `configuration`) when kills cannot be kept here: then nothing said about them would be true. */
export function requireKillFolder(config: Config): void {
  requireFolder(killFolder(config));
}

/**
 * Writes a kill where it takes no server and no driver, before anything else is even loaded: the workers of this host
 * obey it at once. It is the same command that goes to the authority next, so it is never counted twice. A folder that
 * cannot be written says so when the kill goes to all places.
 */
export async function latchAtOnce(config: Config, raise: LevelRaise): Promise<void> {
  await openFileKillLatch(config)
    .raise(raise)
    .catch(() => {});
}
