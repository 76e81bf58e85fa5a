import type { JournalEntry } from "./journal.ts";

/** An entry that waits for the journal. Its command id makes it the same entry however often it is handed over. */
export interface SpooledEntry extends JournalEntry {
  /** When it happened, milliseconds since the epoch: the journal's own time is that of the writing. */
  readonly occurredAt: number;
}

/** What happens on this host, kept on its disk until the journal has it: a database that is away loses nothing. */
export interface JournalSpool {
  /** On disk when it returns. */
  put(entry: SpooledEntry): void;
  /** What waits, oldest first, at most `limit`. */
  waiting(limit: number): readonly { readonly key: string; readonly entry: SpooledEntry }[];
  /** The journal has it. */
  remove(key: string): void;
}
