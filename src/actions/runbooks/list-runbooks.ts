import type { RunView } from "../../ops/runbook-run.ts";
import { readRunbook } from "./read-runbook.ts";
import { readRuns } from "./read-runs.ts";
import type { RunbookReading } from "./runbook-ports.ts";

export interface RunbookSummary {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly target: string;
  readonly symptom: string | null;
  readonly steps: number;
  /** When it last ended with every step done, milliseconds since the epoch. */
  readonly lastGreenAt: number | null;
  readonly lastRun: { readonly run: string; readonly state: RunView["state"]; readonly startedAt: number } | null;
  /** Why it cannot be run, or null. */
  readonly problem: string | null;
}

/** Every runbook, when it was last run, and when it was last run to its good end. */
export async function listRunbooks(reading: RunbookReading): Promise<readonly RunbookSummary[]> {
  const runs = Map.groupBy(await readRuns(reading, { limit: Number.POSITIVE_INFINITY }), ({ runbook }) => runbook);
  return Promise.all(
    (await reading.shelf.names()).map(async (name) => {
      const own = runs.get(name) ?? [];
      const [last] = own;
      const history = {
        lastGreenAt: own.find(({ state }) => state === "green")?.endedAt ?? null,
        lastRun: last === undefined ? null : { run: last.run, state: last.state, startedAt: last.startedAt },
      };
      try {
        const { runbook } = await readRunbook(reading, name);
        const { title, summary, target, symptom, steps } = runbook;
        return { name, title, summary, target, symptom, steps: steps.length, ...history, problem: null };
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        return { name, title: name, summary: "", target: "", symptom: null, steps: 0, ...history, problem };
      }
    }),
  );
}
