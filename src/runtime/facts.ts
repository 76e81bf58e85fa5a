import { rmSync } from "node:fs";
import { readIfExists, writePrivate } from "../adapters/files/state-files.ts";
import type { Closable } from "../ports/closable.ts";
import type { Config } from "./config.ts";

/** What a running instance published, or undefined when it did not or left. */
export function readFacts({ paths }: Pick<Config, "paths">, instance: string): Record<string, unknown> | undefined {
  const text = readIfExists(paths.facts(instance));
  if (text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null ? { ...value } : undefined;
}

/** Writes what a process tells the rest of the stack about itself; closing withdraws it. */
export function publishFacts(
  path: string,
  { pid, startTime }: { readonly pid: number; readonly startTime: string },
  facts: Readonly<Record<string, unknown>>,
): Closable {
  writePrivate(path, JSON.stringify({ pid, startTime, ...facts }));
  return {
    close() {
      // The one that took our place has published its own by now.
      if (readIfExists(path)?.includes(`"pid":${pid},`)) rmSync(path, { force: true });
    },
  };
}
