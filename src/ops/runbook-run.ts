import type { Step } from "./runbook.ts";

/** How a step stands in a run. `assumed`: a person's step that nobody confirmed, because nobody was asked. */
export type StepState =
  | "open"
  | "running"
  | "done"
  | "confirmed"
  | "assumed"
  | "skipped"
  | "failed"
  | "undone"
  | "not-undone";

/** `interrupted`: it was not ended, and nobody is carrying it out any more. */
export type RunState = "running" | "green" | "failed" | "stopped" | "aborted" | "interrupted";

export interface StepOutcome {
  readonly state: StepState;
  /** In words: why it was skipped, how it failed, who confirmed it. Empty when there is nothing to say. */
  readonly note: string;
  readonly exit: number | null;
  readonly attempts: number;
  readonly durationMs: number;
  /** The end of what it printed. */
  readonly output: string;
}

/** What happens in a run, in the order it happens. A run is the sum of its events: they are all that is stored. */
export type RunEvent = { readonly seq: number; readonly at: number } & RunHappening;

export type RunHappening =
  | {
      readonly kind: "started";
      readonly run: string;
      readonly runbook: string;
      readonly title: string;
      readonly target: string;
      readonly params: Readonly<Record<string, string>>;
      readonly actor: string;
      readonly origin: string;
      readonly mode: RunMode;
      readonly steps: readonly PlannedStep[];
    }
  | { readonly kind: "step-started"; readonly step: string; readonly undo: boolean }
  /** The shell that carries the step out: after a crash it may still be there. */
  | { readonly kind: "step-process"; readonly step: string; readonly pid: number; readonly startTime: string }
  | ({ readonly kind: "step-ended"; readonly step: string } & StepOutcome)
  | { readonly kind: "rechecked"; readonly step: string; readonly holds: boolean; readonly note: string }
  | { readonly kind: "resumed"; readonly actor: string; readonly origin: string; readonly mode: RunMode }
  | { readonly kind: "ended"; readonly outcome: Exclude<RunState, "running" | "interrupted">; readonly note: string };

/** `auto` asks nobody. */
export type RunMode = "auto" | "step-by-step";

/** A step as it stood in the runbook when the run began. */
export interface PlannedStep {
  readonly id: string;
  readonly section: string;
  readonly kind: Step["kind"];
  readonly digest: string;
}

export interface RunView {
  readonly run: string;
  readonly runbook: string;
  readonly title: string;
  readonly target: string;
  readonly params: Readonly<Record<string, string>>;
  readonly actor: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly state: RunState;
  readonly note: string;
  readonly steps: readonly StepView[];
  /** The shell of the step that was running when the run was left, if any. */
  readonly process: { readonly pid: number; readonly startTime: string } | null;
  /** Events so far. */
  readonly events: number;
}

export type StepView = PlannedStep &
  StepOutcome & { readonly startedAt: number | null; readonly endedAt: number | null };

const OPEN: StepOutcome = { state: "open", note: "", exit: null, attempts: 0, durationMs: 0, output: "" };

/** The run after all of these events; undefined when they do not begin with a start. */
export function runOf(events: readonly RunEvent[]): RunView | undefined {
  const [first] = events;
  if (first?.kind !== "started") return undefined;
  const { run, runbook, title, target, params, actor, at, steps } = first;
  return events.slice(1).reduce(applyRunEvent, {
    ...{ run, runbook, title, target, params, actor },
    ...{ startedAt: at, endedAt: null, state: "running", note: "", process: null, events: 1 },
    steps: steps.map((step) => ({ ...step, ...OPEN, startedAt: null, endedAt: null })),
  } satisfies RunView as RunView);
}

export function applyRunEvent(view: RunView, event: RunEvent): RunView {
  const next = { ...view, events: event.seq };
  const withStep = (id: string, change: Partial<StepView>) =>
    view.steps.map((step) => (step.id === id ? { ...step, ...change } : step));
  switch (event.kind) {
    case "started":
      return next;
    case "step-started":
      if (event.undo) return next;
      return {
        ...next,
        steps: withStep(event.step, { ...OPEN, state: "running", startedAt: event.at, endedAt: null }),
      };
    case "step-process":
      return { ...next, process: { pid: event.pid, startTime: event.startTime } };
    case "step-ended": {
      const { state, note, exit, attempts, durationMs, output } = event;
      const outcome = { state, note, exit, attempts, durationMs, output, endedAt: event.at };
      return { ...next, process: null, steps: withStep(event.step, outcome) };
    }
    case "rechecked":
      return event.holds ? next : { ...next, steps: withStep(event.step, { ...OPEN, note: event.note }) };
    case "resumed":
      return { ...next, state: "running", endedAt: null, note: "" };
    case "ended":
      return { ...next, state: event.outcome, endedAt: event.at, note: event.note };
  }
}

/** Whether nothing is left to do for it. */
export const isSettled = ({ state }: { readonly state: StepState }): boolean =>
  state === "done" || state === "confirmed" || state === "assumed" || state === "skipped";

/** Whether it can go on. */
export const isResumable = ({ state }: RunView): boolean =>
  state === "failed" || state === "stopped" || state === "interrupted";

/** The step that stopped the run, or that it had reached. */
export function stoppedAt({ steps }: RunView): StepView | undefined {
  return steps.find(({ state }) => state === "failed" || state === "running") ?? steps.find((step) => !isSettled(step));
}
