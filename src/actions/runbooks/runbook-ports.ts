import type { Clock } from "../../core/clock.ts";
import type { Journal } from "../../ports/journal.ts";
import type { RunbookRuns } from "../../ports/runbook-runs.ts";
import type { RunbookShelf } from "../../ports/runbook-shelf.ts";
import type { StepShell } from "../../ports/step-shell.ts";
import type { TargetLock } from "../../ports/target-lock.ts";

/** What reading runbooks and their runs needs: files alone. */
export interface RunbookReading {
  readonly shelf: RunbookShelf;
  readonly runs: RunbookRuns;
  readonly lock: TargetLock;
}

/** What carrying them out needs besides. */
export interface RunbookPorts extends RunbookReading {
  readonly shell: StepShell;
  readonly clock: Clock;
  /** Connects anew at each call. Throws while there is no journal to reach. */
  readonly openJournal: () => Promise<Journal>;
  readonly operator: { readonly actor: string; readonly origin: string };
  /** Facts about the stack for every step. */
  readonly facts: Readonly<Record<string, string>>;
  /** Different each time, and sorted by time. */
  readonly newRunName: (runbook: string) => string;
}
