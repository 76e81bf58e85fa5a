import { OperatorError } from "../core/errors.ts";
import type { Journal, JournalCheck, JournalMarks, JournalRow } from "../ports/journal.ts";

/**
 * Recomputes the whole chain, and compares its end with the last look from here, where that is kept. Throws (exit
 * `conflict`) when a row does not fit or is gone, naming the first one.
 */
export async function verifyJournal(journal: Journal, marks?: JournalMarks): Promise<JournalCheck & Seen> {
  const mark = marks?.read();
  const check = await journal.verify(mark);
  if (check.broken === undefined) {
    const { rows: seq, head: hash, first } = check;
    if (seq > 0) marks?.keep({ first, seq, hash });
    return { ...check, ...(mark?.first === first && { sinceRow: mark.seq }) };
  }
  throw new OperatorError(`The journal is broken at row ${check.broken.seq}: ${check.broken.reason}.`, {
    exit: "conflict",
    code: "JOURNAL_BROKEN",
    expected: "an unbroken chain of hashes",
    found: `${check.rows} good rows, then row ${check.broken.seq}`,
    hint: "ttt incident open 'the journal is broken' --severity sev1",
  });
}

interface Seen {
  /** The end that was seen from here at the last look, which is there still; undefined at the first look. */
  readonly sinceRow?: number;
}

/** The newest rows, newest first. */
export function listJournal(journal: Journal, filter: Parameters<Journal["list"]>[0]): Promise<readonly JournalRow[]> {
  return journal.list(filter);
}
