import type { Runbook, ShellStep, Step } from "../../ops/runbook.ts";
import { planUndo } from "../../ops/runbook-plan.ts";
import { isSettled, type StepOutcome } from "../../ops/runbook-run.ts";
import type { Answer, RunDialogue } from "./run-dialogue.ts";
import { applies, runStep, type StepContext } from "./run-step.ts";
import type { RunWriter } from "./run-writer.ts";

export interface Execution {
  readonly runbook: Runbook;
  readonly steps: readonly Step[];
  readonly writer: RunWriter;
  /** Undefined: nobody is asked. */
  readonly dialogue: RunDialogue | undefined;
  readonly context: Omit<StepContext, "onProcess">;
}

/** Carries out what is not done yet, in order, and ends the run. Each step is written down before and after. */
export async function carryOut(execution: Execution): Promise<void> {
  const { steps, writer, context } = execution;
  for (const step of steps) {
    if (isSettled(standing(writer, step))) continue;
    const answer = await oneStep(execution, step);
    if (answer === "abort") return undoAll(execution);
    if (answer === "go" || answer === "skip") continue;
    const { state, note } = standing(writer, step);
    const failed = state === "failed" && !context.signal.aborted;
    return writer.write({
      kind: "ended",
      outcome: failed ? "failed" : "stopped",
      note: failed ? whatToDo(step, note, writer.run) : `stopped at ${step.id} (${step.section})`,
    });
  }
  const left = writer.view.steps.filter(({ state }) => state === "assumed").length;
  const note = left === 0 ? "" : `${left} ${left === 1 ? "step" : "steps"} for a person not confirmed by anybody`;
  await writer.write({ kind: "ended", outcome: "green", note });
}

/** Takes back what was done, the last step first, and ends the run. What cannot be taken back is said. */
export async function undoAll({ runbook, writer, dialogue, context }: Execution): Promise<void> {
  const left: string[] = [];
  for (const { step, undo } of planUndo(runbook, writer.view)) {
    if (dialogue !== undefined && !(await dialogue.beforeUndo(undo, step))) {
      left.push(step);
      continue;
    }
    await writer.write({ kind: "step-started", step, undo: true });
    const outcome = await runStep(undo, withProcess(writer, step, context));
    const undone = outcome.state === "done";
    if (!undone) left.push(step);
    await writer.write({ kind: "step-ended", step, ...outcome, state: undone ? "undone" : "not-undone" });
  }
  const note = left.length === 0 ? "" : `not taken back: ${left.join(", ")}`;
  await writer.write({ kind: "ended", outcome: "aborted", note });
}

async function oneStep(execution: Execution, step: Step): Promise<Answer> {
  const { writer, dialogue, context } = execution;
  if (context.signal.aborted) return "stop";
  return step.kind === "person" ? personStep(execution, step) : shellStep(execution, step, dialogue, writer);
}

async function personStep({ writer, dialogue }: Execution, step: Step & { kind: "person" }): Promise<Answer> {
  const outcome: StepOutcome = { state: "assumed", note: "nobody was asked", ...NOTHING_RAN };
  await writer.write({ kind: "step-started", step: step.id, undo: false });
  const answer = dialogue === undefined ? "go" : await dialogue.person(step);
  if (answer === "stop" || answer === "abort") return answer;
  const asked = dialogue === undefined ? {} : ({ state: answer === "go" ? "confirmed" : "skipped", note: "" } as const);
  await writer.write({ kind: "step-ended", step: step.id, ...outcome, ...asked });
  return answer;
}

async function shellStep(
  execution: Execution,
  step: ShellStep,
  dialogue: RunDialogue | undefined,
  writer: RunWriter,
): Promise<Answer> {
  const context = withProcess(writer, step.id, execution.context);
  const applicable = await applies(step, { ...context, onProcess: async () => {}, onOutput: () => {} });
  if (context.signal.aborted) return "stop";
  if (applicable === "no") {
    const note = `does not apply: ${step.when}`;
    await writer.write({ kind: "step-ended", step: step.id, ...NOTHING_RAN, state: "skipped", note });
    return "skip";
  }
  if (applicable !== "yes") {
    await writer.write({ kind: "step-ended", step: step.id, ...applicable });
    return "stop";
  }
  const before = (await dialogue?.beforeStep(step)) ?? "go";
  if (before === "skip") {
    await writer.write({
      kind: "step-ended",
      step: step.id,
      ...NOTHING_RAN,
      state: "skipped",
      note: "left out by hand",
    });
  }
  if (before !== "go") return before;
  for (;;) {
    await writer.write({ kind: "step-started", step: step.id, undo: false });
    const outcome = await runStep(step, context);
    await writer.write({ kind: "step-ended", step: step.id, ...outcome });
    if (outcome.state === "done") return "go";
    if (dialogue === undefined || context.signal.aborted) return "stop";
    const answer = await dialogue.afterFailure(step, outcome);
    if (answer === "skip") {
      const note = `left out by hand after it failed: ${outcome.note}`;
      await writer.write({ kind: "step-ended", step: step.id, ...outcome, state: "skipped", note });
    }
    if (answer !== "go") return answer;
  }
}

const NOTHING_RAN = { exit: null, attempts: 0, durationMs: 0, output: "" } as const;

const standing = (writer: RunWriter, { id }: Step) => writer.view.steps.find((step) => step.id === id)!;

function withProcess(writer: RunWriter, step: string, context: Omit<StepContext, "onProcess">): StepContext {
  return { ...context, onProcess: (process) => writer.write({ kind: "step-process", step, ...process }) };
}

/** What went wrong, what the runbook says to do about it, and how to go on. */
function whatToDo(step: Step, note: string, run: string): string {
  const remedy = step.kind === "shell" && step.remedy !== null ? ` ${step.remedy}` : "";
  return `${step.id} (${step.section}): ${note}.${remedy} Then: ttt runbook resume ${run}`;
}
