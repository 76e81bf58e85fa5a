import { OperatorError } from "../../core/errors.ts";
import { isResumable, type RunView, runOf } from "../../ops/runbook-run.ts";
import type { RunbookReading } from "./runbook-ports.ts";

/** Runs and how they stand, newest first. A run that nobody carries out any more says so. */
export async function readRuns(
  reading: Pick<RunbookReading, "runs" | "lock">,
  filter: { readonly runbook?: string | undefined; readonly limit: number },
): Promise<readonly RunView[]> {
  const found: RunView[] = [];
  for (const run of await reading.runs.list()) {
    if (found.length === filter.limit) break;
    const view = runOf(await reading.runs.read(run));
    if (view === undefined || (filter.runbook !== undefined && view.runbook !== filter.runbook)) continue;
    found.push(await withLiveness(reading, view));
  }
  return found;
}

/** The run of this name, or the newest one. Throws notFound. */
export async function readRun(reading: Pick<RunbookReading, "runs" | "lock">, run?: string): Promise<RunView> {
  const name = run ?? (await reading.runs.list())[0];
  const view = name === undefined ? undefined : runOf(await reading.runs.read(name));
  if (view !== undefined) return withLiveness(reading, view);
  throw new OperatorError(run === undefined ? "No runbook was run here yet." : `There is no run ${run}.`, {
    exit: "notFound",
    code: "RUN_UNKNOWN",
    hint: "ttt runbook status --all",
  });
}

/** The run of this name, or the newest one that can go on. Throws notFound, and `conflict` when it cannot go on. */
export async function readStoppedRun(reading: Pick<RunbookReading, "runs" | "lock">, run?: string): Promise<RunView> {
  const found =
    run === undefined
      ? (await readRuns(reading, { limit: Number.POSITIVE_INFINITY })).find(isResumable)
      : await readRun(reading, run);
  if (found === undefined) {
    throw new OperatorError("No run was stopped on its way.", {
      exit: "notFound",
      code: "RUN_UNKNOWN",
      hint: "ttt runbook status --all",
    });
  }
  if (isResumable(found)) return found;
  throw new OperatorError(`The run ${found.run} cannot go on: it is ${found.state}.`, {
    exit: "conflict",
    code: "RUN_NOT_STOPPED",
    expected: "a run that failed, was stopped or was interrupted",
    found: found.state,
    hint: `ttt runbook status ${found.run}`,
  });
}

/** Whoever carries a run out holds the lock of its name: when it can be had, nobody does. */
async function withLiveness({ lock }: Pick<RunbookReading, "lock">, view: RunView): Promise<RunView> {
  if (view.state !== "running") return view;
  const held = await lock.hold(runLock(view.run));
  if (held === undefined) return view;
  await held.close();
  return { ...view, state: "interrupted" };
}

/** The lock of a run; targets have names without a blank. */
export const runLock = (run: string): string => `run ${run}`;
