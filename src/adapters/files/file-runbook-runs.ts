import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { RunEvent } from "../../ops/runbook-run.ts";
import type { RunbookRuns } from "../../ports/runbook-runs.ts";
import { readIfExists, writePrivate } from "./state-files.ts";

const NAME = /^[\w-]+$/;

/** Each run in a folder of its own: `events.ndjson`, and beside it how far the journal knows of it. */
export function fileRunbookRuns(root: string): RunbookRuns {
  const file = (run: string, name: string) => join(root, run, name);
  return {
    async append(run, event) {
      mkdirSync(join(root, run), { recursive: true, mode: 0o700 });
      const events = await open(file(run, "events.ndjson"), "a", 0o600);
      try {
        // The break stands in front: what a crash tore off is then a line of its own, and is left out when read.
        await events.write(`\n${JSON.stringify(event)}`);
        await events.datasync();
      } finally {
        await events.close();
      }
    },
    async read(run) {
      const text = NAME.test(run) ? readIfExists(file(run, "events.ndjson")) : undefined;
      return (text ?? "").split("\n").flatMap(parseLine);
    },
    async list() {
      return globSync("*/events.ndjson", { cwd: root })
        .map((path) => path.split("/")[0]!)
        .sort()
        .reverse();
    },
    async remove(run) {
      if (NAME.test(run)) rmSync(join(root, run), { recursive: true, force: true });
    },
    async journalled(run) {
      const path = file(run, "journalled");
      return existsSync(path) ? Number(readFileSync(path, "utf8")) || 0 : 0;
    },
    async setJournalled(run, events) {
      writePrivate(file(run, "journalled"), String(events));
    },
    async folder(run) {
      const path = file(run, "notes");
      mkdirSync(path, { recursive: true, mode: 0o700 });
      return path;
    },
  };
}

function parseLine(line: string): RunEvent[] {
  if (line === "") return [];
  try {
    return [JSON.parse(line) as RunEvent];
  } catch {
    return [];
  }
}
