import type { PersonStep, ShellStep, Step } from "../../ops/runbook.ts";
import type { StepOutcome } from "../../ops/runbook-run.ts";

/** `stop` leaves the run to be resumed; `abort` takes back what was done. */
export type Answer = "go" | "skip" | "stop" | "abort";

/** The person at the terminal. Without one a run goes through by itself or not at all. */
export interface RunDialogue {
  /** Before each step that a shell runs. */
  beforeStep(step: ShellStep): Promise<Answer>;
  /** For a step that a person does: `go` says it is done. */
  person(step: PersonStep): Promise<Answer>;
  /** `go` tries the step again. */
  afterFailure(step: Step, outcome: StepOutcome): Promise<Answer>;
  /** Whether to take back what was done, step by step. */
  beforeUndo(undo: ShellStep, step: string): Promise<boolean>;
}
