import type { RunEvent } from "../ops/runbook-run.ts";

/** What happened in runbook runs, on this machine's disk: it can be written and read when no server is up. */
export interface RunbookRuns {
  /** Returns when the event would survive a loss of power. */
  append(run: string, event: RunEvent): Promise<void>;
  /** The events of a run in order; empty when there is none of that name. */
  read(run: string): Promise<readonly RunEvent[]>;
  /** Names of all runs, newest first: they begin with their time. */
  list(): Promise<readonly string[]>;
  remove(run: string): Promise<void>;
  /** How many of its events are known to stand in the journal as well. */
  journalled(run: string): Promise<number>;
  setJournalled(run: string, events: number): Promise<void>;
  /** A folder of the run's own, in which its steps leave notes for later ones. */
  folder(run: string): Promise<string>;
}
