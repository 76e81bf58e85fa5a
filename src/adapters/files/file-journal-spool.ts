import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import type { JournalSpool, SpooledEntry } from "../../ports/journal-spool.ts";
import { readIfExists, writePrivate } from "./state-files.ts";

const entrySchema = z.object({
  kind: z.string(),
  actor: z.string(),
  origin: z.string(),
  commandId: z.string(),
  occurredAt: z.number(),
  body: z.unknown(),
});

const ENDING = ".json";
/** A file that is no entry is kept under this ending for a person to look at, and never tried again. */
const UNREADABLE = ".unreadable";

/** Entries as files of one folder, named by their time, so that a listing is in order. */
export class FileJournalSpool implements JournalSpool {
  readonly #folder: string;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  put(entry: SpooledEntry): void {
    this.#count += 1;
    const order = `${String(Math.floor(entry.occurredAt)).padStart(15, "0")}-${String(this.#count).padStart(6, "0")}`;
    const file = `${order}-${randomBytes(4).toString("hex")}${ENDING}`;
    writePrivate(join(this.#folder, file), JSON.stringify(entry));
  }

  waiting(limit: number): { key: string; entry: SpooledEntry }[] {
    const found: { key: string; entry: SpooledEntry }[] = [];
    for (const key of this.#files()) {
      if (found.length >= limit) break;
      const text = readIfExists(join(this.#folder, key));
      // Somebody else has taken it up meanwhile.
      if (text === undefined) continue;
      const entry = parse(text);
      if (entry === undefined) renameSync(join(this.#folder, key), join(this.#folder, `${key}${UNREADABLE}`));
      else found.push({ key, entry });
    }
    return found;
  }

  remove(key: string): void {
    rmSync(join(this.#folder, key), { force: true });
  }

  #files(): string[] {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    return readdirSync(this.#folder)
      .filter((file) => file.endsWith(ENDING))
      .sort();
  }
}

function parse(text: string): SpooledEntry | undefined {
  try {
    const { body, ...entry } = entrySchema.parse(JSON.parse(text));
    return { ...entry, body };
  } catch {
    return undefined;
  }
}
