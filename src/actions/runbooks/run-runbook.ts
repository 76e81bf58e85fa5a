import { OperatorError } from "../../core/errors.ts";
import type { Runbook, Step } from "../../ops/runbook.ts";
import { runVariables } from "../../ops/runbook-params.ts";
import { type PlanChoice, plannedStep, planResume, planRun } from "../../ops/runbook-plan.ts";
import type { RunEvent, RunView } from "../../ops/runbook-run.ts";
import { carryOut, type Execution, undoAll } from "./carry-out.ts";
import { journalRuns } from "./journal-runs.ts";
import { pruneRuns } from "./prune-runs.ts";
import { readRunbook } from "./read-runbook.ts";
import { readRuns, readStoppedRun, runLock } from "./read-runs.ts";
import { recheckDone } from "./recheck-done.ts";
import type { RunDialogue } from "./run-dialogue.ts";
import { RunJournal } from "./run-journal.ts";
import { RunWriter } from "./run-writer.ts";
import type { RunbookPorts } from "./runbook-ports.ts";

export interface RunOptions {
  /** Undefined: nobody is asked, everything is run. */
  readonly dialogue: RunDialogue | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
  readonly onOutput: (text: string) => void;
}

export interface RunResult {
  readonly view: RunView;
  /** False: the journal could not be reached, and takes it up at a later run. */
  readonly journalled: boolean;
}

export interface RunRequest extends PlanChoice {
  readonly runbook: string;
  readonly params: Readonly<Record<string, string>>;
}

/** What a run would do, in order. Throws for everything that would keep the run from beginning. */
export async function planRunbook(ports: RunbookPorts, request: RunRequest) {
  const { runbook } = await readRunbook(ports, request.runbook);
  const variables = runVariables(runbook, request.params);
  return { runbook, variables, steps: planRun(runbook, request) };
}

/** Begins a run and carries it out. Throws `conflict` while another run works on the same target. */
export async function runRunbook(ports: RunbookPorts, request: RunRequest, options: RunOptions): Promise<RunResult> {
  const { runbook, variables, steps } = await planRunbook(ports, request);
  const run = ports.newRunName(runbook.name);
  return withTarget(ports, runbook.target, run, async (journal) => {
    await pruneRuns(ports);
    const writer = new RunWriter(run, ports, { journal, onEvent: options.onEvent });
    const { name, title, target } = runbook;
    await writer.write({
      ...{ kind: "started", run, runbook: name, title, target, params: request.params, ...ports.operator },
      ...{ mode: modeOf(options), steps: steps.map(plannedStep) },
    });
    await carryOut(await execution(ports, { runbook, variables, steps, writer }, options));
    return { view: writer.view, journalled: writer.isJournalled };
  });
}

/**
 * Goes on with a run at the step that stopped it, after looking whether what was done still holds. A shell that the
 * run left behind is waited for first: two must not work on one thing.
 */
export async function resumeRunbook(
  ports: RunbookPorts,
  run: string | undefined,
  options: RunOptions,
): Promise<RunResult> {
  const stopped = await readStoppedRun(ports, run);
  const { runbook } = await readRunbook(ports, stopped.runbook);
  const variables = runVariables(runbook, stopped.params);
  const steps = planResume(runbook, stopped);
  return withTarget(ports, stopped.target, stopped.run, async (journal) => {
    const earlier = await ports.runs.read(stopped.run);
    const writer = new RunWriter(stopped.run, ports, { journal, earlier, onEvent: options.onEvent });
    await settleShell(ports, writer, runbook);
    await writer.write({ kind: "resumed", ...ports.operator, mode: modeOf(options) });
    const all = await execution(ports, { runbook, variables, steps, writer }, options);
    await recheckDone(all);
    await carryOut(all);
    return { view: writer.view, journalled: writer.isJournalled };
  });
}

/** Ends a stopped run for good; with `undo` it takes back what was done, the last step first. */
export async function abortRunbook(
  ports: RunbookPorts,
  run: string | undefined,
  options: RunOptions & { readonly undo: boolean },
): Promise<RunResult> {
  const stopped = await readStoppedRun(ports, run);
  return withTarget(ports, stopped.target, stopped.run, async (journal) => {
    const earlier = await ports.runs.read(stopped.run);
    const writer = new RunWriter(stopped.run, ports, { journal, earlier, onEvent: options.onEvent });
    if (!options.undo) {
      await writer.write({ kind: "ended", outcome: "aborted", note: "" });
      return { view: writer.view, journalled: writer.isJournalled };
    }
    const { runbook } = await readRunbook(ports, stopped.runbook);
    const variables = runVariables(runbook, stopped.params);
    await settleShell(ports, writer, runbook);
    await undoAll(await execution(ports, { runbook, variables, steps: [], writer }, options));
    return { view: writer.view, journalled: writer.isJournalled };
  });
}

const modeOf = ({ dialogue }: RunOptions) => (dialogue === undefined ? "auto" : "step-by-step");

interface Whole {
  readonly runbook: Runbook;
  readonly variables: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  readonly writer: RunWriter;
}

async function execution(ports: RunbookPorts, whole: Whole, options: RunOptions): Promise<Execution> {
  const { writer, runbook } = whole;
  const marks = { RUNBOOK: runbook.name, RUNBOOK_RUN: writer.run, RUNBOOK_NOTES: await ports.runs.folder(writer.run) };
  const { signal, onOutput, dialogue } = options;
  const variables = { ...ports.facts, ...marks, ...whole.variables };
  return { ...whole, dialogue, context: { ports, variables, signal, onOutput } };
}

async function settleShell(ports: RunbookPorts, writer: RunWriter, runbook: Runbook): Promise<void> {
  const left = writer.view.process;
  if (left === null) return;
  const running = writer.view.steps.find(({ state }) => state === "running");
  const step = runbook.steps.find(({ id }) => id === running?.id);
  await ports.shell.settle(left, step?.kind === "shell" ? step.timeoutMs : 0);
}

/** Holds the target, and brings into the journal what earlier runs could not. */
async function withTarget<T>(
  ports: RunbookPorts,
  target: string,
  run: string,
  work: (journal: RunJournal) => Promise<T>,
): Promise<T> {
  const lock = await ports.lock.hold(target);
  if (lock === undefined) throw await targetTaken(ports, target);
  const own = await ports.lock.hold(runLock(run));
  const journal = new RunJournal(ports);
  try {
    await journalRuns(ports, journal);
    return await work(journal);
  } finally {
    await journal.close();
    await own?.close();
    await lock.close();
  }
}

async function targetTaken(ports: RunbookPorts, target: string): Promise<OperatorError> {
  const runs = await readRuns(ports, { limit: Number.POSITIVE_INFINITY });
  const other = runs.find((one) => one.target === target && one.state === "running");
  return new OperatorError(`Another runbook works on ${target}.`, {
    exit: "conflict",
    code: "RUNBOOK_TARGET_TAKEN",
    found: other === undefined ? "a run that has just begun" : `${other.run}, by ${other.actor}`,
    hint: "ttt runbook status",
    retryable: true,
  });
}
