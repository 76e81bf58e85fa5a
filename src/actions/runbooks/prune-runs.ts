import { runOf } from "../../ops/runbook-run.ts";
import type { RunbookPorts } from "./runbook-ports.ts";

/** Runs beyond this are forgotten, the oldest first: the journal keeps what happened. */
const MOST_RUNS = 300;

/** Keeps the newest runs, and of every runbook the last one that went to its good end. */
export async function pruneRuns({ runs }: Pick<RunbookPorts, "runs">): Promise<void> {
  const names = await runs.list();
  if (names.length <= MOST_RUNS) return;
  const green = new Set<string>();
  for (const [index, name] of names.entries()) {
    const view = runOf(await runs.read(name));
    const isLastGreen = view?.state === "green" && !green.has(view.runbook);
    if (view !== undefined && isLastGreen) green.add(view.runbook);
    if (index >= MOST_RUNS && !isLastGreen) await runs.remove(name);
  }
}
