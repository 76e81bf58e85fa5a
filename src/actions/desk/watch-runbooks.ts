import { type Clock, sleep } from "../../core/clock.ts";
import type { RunbookView } from "../desk-feed.ts";
import { listRunbooks } from "../runbooks/list-runbooks.ts";
import { readRuns } from "../runbooks/read-runs.ts";
import type { RunbookReading } from "../runbooks/runbook-ports.ts";
import { keepTrying } from "./keep-trying.ts";
import type { DeskSender } from "./sender.ts";

/** Pages change when somebody writes them, runs when somebody runs them: both are files. */
const POLL_MS = 10_000;
const PAGES_EVERY_MS = 60_000;
const MOST_RUNS = 20;

/** The runbooks with their last runs, as messages. It works without any server. */
export function watchRunbooks(
  reading: RunbookReading,
  clock: Clock,
  send: DeskSender,
  signal: AbortSignal,
): Promise<void> {
  const attempt = async (): Promise<undefined> => {
    let readAt = Number.NEGATIVE_INFINITY;
    let lastRuns = "";
    while (!signal.aborted) {
      const runs = await readRuns(reading, { limit: MOST_RUNS });
      const text = JSON.stringify(runs.map(({ run, state, steps }) => [run, state, steps]));
      const at = clock.now();
      if (text === lastRuns && clock.monotonic() - readAt < PAGES_EVERY_MS) {
        send({ topic: "runbooks", kind: "heard", at });
      } else {
        readAt = clock.monotonic();
        lastRuns = text;
        const newest = new Map(runs.toReversed().map((view) => [view.runbook, view]));
        const runbooks = (await listRunbooks(reading)).map(({ symptom, lastGreenAt, lastRun, problem, ...page }) => ({
          ...page,
          ...(symptom !== null && { symptom }),
          ...(lastGreenAt !== null && { lastGreenAt }),
          ...(problem !== null && { problem }),
          ...(lastRun !== null && { lastRun: { ...lastRun, steps: stepsOf(newest.get(page.name)) } }),
        }));
        send({ topic: "runbooks", kind: "snapshot", at, runbooks });
      }
      await sleep(clock, POLL_MS, signal);
    }
  };
  return keepTrying(clock, signal, attempt, (loss) =>
    send({ topic: "runbooks", kind: "lost", at: clock.now(), ...loss }),
  );
}

type Run = Awaited<ReturnType<typeof readRuns>>[number];
type Steps = NonNullable<RunbookView["lastRun"]>["steps"];

function stepsOf(run: Run | undefined): Steps {
  return (run?.steps ?? []).map(({ id, state }) => ({ id, state }));
}
