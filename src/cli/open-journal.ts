import type { verifyJournal } from "../actions/audit-journal.ts";
import { loadConfig } from "../runtime/config.ts";
import { openJournal } from "../runtime/trading-stores.ts";

type Journal = Parameters<typeof verifyJournal>[0];
type Marks = NonNullable<Parameters<typeof verifyJournal>[1]>;

/** The operations journal of the configured stack, for one command. */
export async function withJournal<T>(work: (journal: Journal, marks: Marks) => Promise<T>): Promise<T> {
  const { journal, marks, close } = await openJournal(await loadConfig());
  try {
    return await work(journal, marks);
  } finally {
    await close();
  }
}
