import { join } from "node:path";
import { FileKillLatch } from "../adapters/files/file-kill-latch.ts";
import { requireFolder } from "../adapters/files/make-folder.ts";
import type { LevelRaise } from "../ports/kill-store.ts";
import type { Config } from "./config.ts";
import { defaultHome, statePaths } from "./paths.ts";

type Place = Pick<Config, "paths">;

/** The folder whose files kill: one for all workers of this host. */
export const killFolder = ({ paths }: Place): string => join(paths.home, "kill");

export function openFileKillLatch(place: Place): FileKillLatch {
  return new FileKillLatch(killFolder(place));
}

/** Throws (exit `configuration`) when kills cannot be kept here: then nothing said about them would be true. */
export function requireKillFolder(place: Place): void {
  requireFolder(killFolder(place));
}

/**
 * Writes a kill where it takes no server, no driver and no configuration, before any of these is even loaded: the
 * workers of this host obey it at once. The environment alone says where the state lies. It is the same command that
 * goes to the authority next, so it is never counted twice. A folder that cannot be written says so when the kill goes
 * to all places.
 */
export async function latchAtOnce(raise: LevelRaise): Promise<void> {
  const paths = statePaths(defaultHome(process.env, process.getuid?.()));
  await openFileKillLatch({ paths })
    .raise(raise)
    .catch(() => {});
}
