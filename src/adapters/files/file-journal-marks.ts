import { z } from "zod";
import { messageOf, OperatorError } from "../../core/errors.ts";
import type { JournalMark, JournalMarks } from "../../ports/journal.ts";
import { readIfExists, writePrivate } from "./state-files.ts";

const markSchema = z.strictObject({ first: z.string(), seq: z.int(), hash: z.string() });

/** The last look at the journal, as a file of this host. */
export class FileJournalMarks implements JournalMarks {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  read(): JournalMark | undefined {
    const text = readIfExists(this.#path);
    if (text === undefined) return undefined;
    try {
      return markSchema.parse(JSON.parse(text));
    } catch (error) {
      // Not taken for a first look: then it would be enough to spoil the file.
      throw new OperatorError(`What the last verification saw cannot be read: ${messageOf(error)}`, {
        exit: "configuration",
        code: "JOURNAL_MARK",
        found: this.#path,
        hint: "Compare the last hash with a copy of yours, remove the file, and verify again.",
      });
    }
  }

  keep(mark: JournalMark): void {
    writePrivate(this.#path, `${JSON.stringify(mark)}\n`);
  }
}
