import { OperatorError } from "../core/errors.ts";
import { isWithin, type Runbook, type ShellStep, type Step } from "./runbook.ts";
import type { PlannedStep, RunView } from "./runbook-run.ts";

export interface PlanChoice {
  /** Only the steps of these sections. */
  readonly sections?: readonly string[];
  /** From this section or step on. */
  readonly from?: string | undefined;
}

/** The steps of a run, in order; the dry run shows them and the run carries them out. Throws notFound, naming what there is. */
export function planRun(runbook: Runbook, { sections = [], from }: PlanChoice): readonly Step[] {
  for (const address of sections) {
    if (!runbook.sections.some((section) => section.address === address)) throw unknownPlace(runbook, address);
  }
  const chosen = runbook.steps.filter(
    ({ section }) => sections.length === 0 || sections.some((address) => isWithin(section, address)),
  );
  const first = from === undefined ? 0 : chosen.findIndex(({ id, section }) => id === from || isWithin(section, from));
  if (first === -1) throw unknownPlace(runbook, from ?? "");
  const steps = chosen.slice(first);
  if (steps.length > 0) return steps;
  throw new OperatorError(`There is nothing to run in section ${sections.join(", ")} of ${runbook.name}.`, {
    exit: "usage",
    code: "RUNBOOK_NO_STEPS",
    hint: `ttt runbook show ${runbook.name}`,
  });
}

export const plannedStep = ({ id, section, kind, digest }: Step): PlannedStep => ({ id, section, kind, digest });

/**
 * The steps of a stopped run as the runbook has them now. Throws `conflict` when it has lost one of them: what was
 * done then cannot be told from what is to be done.
 */
export function planResume(runbook: Runbook, run: RunView): readonly Step[] {
  const byId = new Map(runbook.steps.map((step) => [step.id, step]));
  return run.steps.map(({ id }) => {
    const step = byId.get(id);
    if (step !== undefined) return step;
    throw new OperatorError(`The runbook ${runbook.name} has no step ${id} any more.`, {
      exit: "conflict",
      code: "RUNBOOK_CHANGED",
      found: `run ${run.run} began with another version of it`,
      hint: `ttt runbook abort ${run.run}, then run it anew`,
    });
  });
}

export interface UndoStep {
  readonly step: string;
  readonly undo: ShellStep;
}

/** What takes the run back: the undo of every step that was begun, the last one first. */
export function planUndo(runbook: Runbook, run: RunView): readonly UndoStep[] {
  const asides = new Map(runbook.asides.map((aside) => [aside.id, aside]));
  const begun = run.steps.filter(({ state }) => ["done", "failed", "running", "not-undone"].includes(state));
  return begun.toReversed().flatMap(({ id }) => {
    const step = runbook.steps.find((one) => one.id === id);
    const undo = step?.kind === "shell" && step.undo !== null ? asides.get(step.undo) : undefined;
    return undo === undefined ? [] : [{ step: id, undo }];
  });
}

function unknownPlace(runbook: Runbook, place: string): OperatorError {
  return new OperatorError(`The runbook ${runbook.name} has nothing at ${place}.`, {
    exit: "notFound",
    code: "RUNBOOK_PLACE_UNKNOWN",
    expected: runbook.sections.map(({ address }) => address).join(", "),
    found: place,
    hint: `ttt runbook show ${runbook.name}`,
  });
}
