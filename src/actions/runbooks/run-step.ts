import { sleep } from "../../core/clock.ts";
import type { ShellStep } from "../../ops/runbook.ts";
import type { StepOutcome } from "../../ops/runbook-run.ts";
import type { StepEnd, StepProcess } from "../../ports/step-shell.ts";
import type { RunbookPorts } from "./runbook-ports.ts";

/** What is kept of a step's output with its run. */
const MOST_OUTPUT = 4_000;
/** Questions to the system that a step hangs on are short. */
const WHEN_TIMEOUT_MS = 30_000;

export interface StepContext {
  readonly ports: Pick<RunbookPorts, "shell" | "clock">;
  readonly variables: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onOutput: (text: string) => void;
  readonly onProcess: (process: StepProcess) => Promise<void>;
}

/** Carries the step out, as often as it may be tried, and says how it went. Never throws for what the step does. */
export async function runStep(step: ShellStep, context: StepContext): Promise<StepOutcome> {
  const { ports, signal } = context;
  let durationMs = 0;
  for (let attempt = 1; ; attempt++) {
    const end = await shell(step.script, step.timeoutMs, context);
    durationMs += end.durationMs;
    const problem = problemOf(step, end);
    const rest = { exit: end.exit, attempts: attempt, durationMs, output: end.output.slice(-MOST_OUTPUT).trimEnd() };
    if (problem === undefined) return { state: "done", note: "", ...rest };
    if (attempt === step.attempts || end.ended === "stopped") return { state: "failed", note: problem, ...rest };
    await sleep(ports.clock, step.pauseMs, signal);
    if (signal.aborted) return { state: "failed", note: problem, ...rest };
  }
}

/** Whether the step applies here: 0 is yes and 1 is no. Anything else answers nothing, and is not taken for a no. */
export async function applies(step: ShellStep, context: StepContext): Promise<"yes" | "no" | StepOutcome> {
  if (step.when === null) return "yes";
  const end = await shell(step.when, WHEN_TIMEOUT_MS, context);
  if (end.ended === "by-itself" && end.exit === 0) return "yes";
  if (end.ended === "by-itself" && end.exit === 1) return "no";
  const { exit, durationMs, output } = end;
  return {
    state: "failed",
    note: `nobody can say whether it applies: ${step.when}`,
    exit,
    attempts: 1,
    durationMs,
    output,
  };
}

function shell(script: string, timeoutMs: number, { ports, variables, signal, onOutput, onProcess }: StepContext) {
  return ports.shell.run({ script, variables, timeoutMs, signal, onOutput, onProcess });
}

function problemOf({ exits, assert, timeoutMs }: ShellStep, end: StepEnd): string | undefined {
  if (end.ended === "timeout") return `it took longer than ${timeoutMs / 1000} s and was ended`;
  if (end.ended === "stopped") return "it was stopped on its way";
  if (end.exit === null) return "a signal ended it";
  if (!exits.includes(end.exit)) return `it ended with ${end.exit} where ${exits.join(" or ")} was expected`;
  if (assert !== null && !new RegExp(assert, "mu").test(end.stdout)) return `its output does not match /${assert}/`;
  return undefined;
}
