import type { verifyJournal } from "../actions/audit-journal.ts";
import { loadConfig } from "../runtime/config.ts";
import { openJournal } from "../runtime/trading-stores.ts";

type Journal = Parameters<typeof verifyJournal>[0];

/** The operations journal of the configured stack, for one command. */
export async function withJournal<T>(work: (journal: Journal) => Promise<T>): Promise<T> {
  const { journal, close } = await openJournal(await loadConfig());
  try {
    return await work(journal);
  } finally {
    await close();
  }
}
