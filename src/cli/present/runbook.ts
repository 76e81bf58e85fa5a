import type { RunbookSummary } from "../../actions/runbooks/list-runbooks.ts";
import type { Step } from "../../ops/runbook.ts";
import { isResumable, type RunEvent, type RunView, type StepState } from "../../ops/runbook-run.ts";
import { duration, table } from "./table.ts";

const MARKS: Readonly<Record<StepState, string>> = {
  open: "·",
  running: "…",
  done: "✓",
  confirmed: "✓",
  assumed: "?",
  skipped: "-",
  failed: "✗",
  undone: "↺",
  "not-undone": "!",
};

export function runbookTable(runbooks: readonly RunbookSummary[], now: number): string[] {
  const ago = (at: number | null) => (at === null ? "never" : `${duration(now - at)} ago`);
  const rows = runbooks.map(({ name, target, steps, lastGreenAt, lastRun, summary, problem }) => {
    const last = lastRun === null ? "-" : `${lastRun.state} ${ago(lastRun.startedAt)}`;
    return [name, target, String(steps), ago(lastGreenAt), last, problem ?? summary];
  });
  return table(["RUNBOOK", "TARGET", "STEPS", "LAST GREEN", "LAST RUN", "WHAT FOR"], rows);
}

/** What a run would do. */
export function planLines(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    if (step.kind === "person") return [`${step.section}  by a person: ${step.text}`];
    const { id, section, script, when, confirm, undo, assert } = step;
    const facts = [
      ...(when === null ? [] : [`if ${when}`]),
      ...(confirm === null ? [] : [`asks: ${confirm}`]),
      ...(assert === null ? [] : [`must print /${assert}/`]),
      ...(undo === null ? [] : [`undo: ${undo}`]),
    ];
    return [
      `${section}  ${id}`,
      ...facts.map((fact) => `      ${fact}`),
      ...script.split("\n").map((line) => `      $ ${line}`),
    ];
  });
}

export function runTable(runs: readonly RunView[], now: number): string[] {
  const rows = runs.map(({ run, state, startedAt, actor, steps, note }) => {
    const done = steps.filter((step) => step.state !== "open").length;
    return [run, state, `${duration(now - startedAt)} ago`, actor, `${done}/${steps.length}`, note];
  });
  return table(["RUN", "STATE", "BEGUN", "BY", "STEPS", "NOTE"], rows);
}

export function runLines(view: RunView): string[] {
  const rows = view.steps.map(({ id, section, state, durationMs, note }) => [
    `${MARKS[state]} ${section}`,
    id,
    state,
    durationMs === 0 ? "" : duration(durationMs),
    note,
  ]);
  const params = Object.entries(view.params).map(([name, value]) => `${name}=${value}`);
  return [
    `${view.run}: ${view.title}`,
    `${view.state}, begun ${new Date(view.startedAt).toISOString()} by ${view.actor}${params.length > 0 ? `, with ${params.join(" ")}` : ""}`,
    ...(view.note === "" ? [] : [view.note]),
    ...table(["", "STEP", "STATE", "TOOK", "NOTE"], rows),
    ...(isResumable(view) ? ["", `ttt runbook resume ${view.run}, or ttt runbook abort ${view.run}`] : []),
  ];
}

/** One line for people as it happens; undefined for what says nothing new. */
export function eventLine(event: RunEvent, steps: readonly Step[]): string | undefined {
  switch (event.kind) {
    case "started":
      return `${event.title}  (${event.run})`;
    case "step-started": {
      const step = steps.find(({ id }) => id === event.step);
      if (event.undo) return `↺ taking back ${event.step}`;
      if (step?.kind === "person") return `${step.section}  ${step.text}`;
      return `${sectionOf(steps, event.step)}  ${event.step}`;
    }
    case "step-process":
      return undefined;
    case "step-ended": {
      const tries = event.attempts > 1 ? `, ${event.attempts} tries` : "";
      const took = event.exit === null ? "" : ` (${duration(event.durationMs)}${tries})`;
      const isOnlyLeftOut = event.state === "skipped" && event.attempts === 0;
      const where = isOnlyLeftOut ? `${sectionOf(steps, event.step)}  ${event.step}\n` : "";
      return `${where}   ${MARKS[event.state]} ${event.state}${took}${event.note === "" ? "" : `: ${event.note}`}`;
    }
    case "rechecked":
      return `${event.holds ? "✓" : "✗"} ${event.step} ${event.holds ? "still holds" : event.note}`;
    case "resumed":
      return `resumed by ${event.actor}`;
    case "ended":
      return `${event.outcome}${event.note === "" ? "" : `: ${event.note}`}`;
  }
}

const sectionOf = (steps: readonly Step[], step: string) => steps.find(({ id }) => id === step)?.section ?? "";
