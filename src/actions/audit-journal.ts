import { OperatorError } from "../core/errors.ts";
import type { Journal, JournalCheck, JournalRow } from "../ports/journal.ts";

/** Recomputes the whole chain. Throws (exit `conflict`) when a row does not fit, naming the first one. */
export async function verifyJournal(journal: Journal): Promise<JournalCheck> {
  const check = await journal.verify();
  if (check.broken === undefined) return check;
  throw new OperatorError(`The journal is broken at row ${check.broken.seq}: ${check.broken.reason}.`, {
    exit: "conflict",
    code: "JOURNAL_BROKEN",
    expected: "an unbroken chain of hashes",
    found: `${check.rows} good rows, then row ${check.broken.seq}`,
    hint: "ttt incident open 'the journal is broken' --severity sev1",
  });
}

/** The newest rows, newest first. */
export function listJournal(journal: Journal, filter: Parameters<Journal["list"]>[0]): Promise<readonly JournalRow[]> {
  return journal.list(filter);
}
