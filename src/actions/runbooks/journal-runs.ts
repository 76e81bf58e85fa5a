import { runOf } from "../../ops/runbook-run.ts";
import type { RunJournal } from "./run-journal.ts";
import type { RunbookPorts } from "./runbook-ports.ts";

/** Older runs than this are not looked at again. */
const MOST_RUNS = 50;

/** Brings the runs into the journal that were carried out while it could not be reached. Returns their names. */
export async function journalRuns(ports: Pick<RunbookPorts, "runs">, journal: RunJournal): Promise<readonly string[]> {
  const brought: string[] = [];
  for (const run of (await ports.runs.list()).slice(0, MOST_RUNS).reverse()) {
    const events = await ports.runs.read(run);
    if (runOf(events) === undefined || (await ports.runs.journalled(run)) >= events.at(-1)!.seq) continue;
    if (!(await journal.bring(run, events))) break;
    brought.push(run);
  }
  return brought;
}
