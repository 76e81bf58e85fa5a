import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "./make-folder.ts";

/** Writes a file so that a reader sees the old content or the new, never half of it. Mode 0600. */
export function writePrivate(path: string, content: string): void {
  makeFolder(dirname(path));
  const draft = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    writeFileSync(draft, content, { mode: 0o600, flag: "wx" });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** The content, or undefined when there is no such file. */
export function readIfExists(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw error;
  }
}

/** A secret that is made at first use and then stays: 256 bits, safe in an address. */
export function keptSecret(path: string): string {
  const kept = readIfExists(path);
  if (kept) return kept.trim();
  const made = randomBytes(32).toString("base64url");
  const draft = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  makeFolder(dirname(path));
  writeFileSync(draft, made, { mode: 0o600, flag: "wx" });
  try {
    // Linking is exclusive: of two processes that make it at the same time one wins, and both use the winner's.
    linkSync(draft, path);
    return made;
  } catch (error) {
    const winner = readIfExists(path);
    if (winner) return winner.trim();
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
