import type { RunbookView } from "../../actions/desk-feed.ts";
import { wrap } from "../view/cells.ts";
import { count, duration, timestamp } from "../view/format.ts";
import { type Line, line, span } from "../view/line.ts";
import { type Column, table } from "../view/table.ts";
import type { Role } from "../view/theme.ts";
import { windowAround } from "../view/window.ts";
import { type ConsoleModel, cursorIn, passes, type Screen } from "./model.ts";
import { type Section, saying } from "./section.ts";

const RUN_ROLES: Readonly<Record<string, Role>> = {
  green: "good",
  running: "accent",
  failed: "bad",
  interrupted: "bad",
};
const STEP_ROLES: Readonly<Record<string, Role>> = {
  done: "good",
  confirmed: "good",
  assumed: "warn",
  running: "accent",
  failed: "bad",
  "not-undone": "bad",
};

/** The pages that a person can follow and ttt can run, and how their last runs went. */
export const runbooksScreen: Screen = {
  name: "runbooks",
  title: "Runbooks",
  ids: (model) => shown(model).map(({ name }) => name),
  sections(model) {
    const runbooks = shown(model);
    const cursor = cursorIn(
      runbooks.map(({ name }) => name),
      model.state.selected.runbooks,
    );
    const chosen = runbooks[cursor];
    return [
      listSection(model, runbooks, cursor),
      ...(chosen ? [{ ...pageSection(chosen), side: "right" } as const] : []),
      ...(chosen?.lastRun ? [{ ...runSection(chosen.lastRun), side: "right" } as const] : []),
    ];
  },
};

function listSection({ view, state, now }: ConsoleModel, runbooks: readonly RunbookView[], cursor: number): Section {
  return {
    title: "Runbooks",
    right: runbooks.length === 0 ? [] : line(String(runbooks.length), "muted"),
    rows: Math.max(1, runbooks.length + 1),
    min: 4,
    draw(width, height) {
      if (runbooks.length === 0) {
        const waiting = view.runbooks.status === "connecting" ? "Waiting for the first reading …" : undefined;
        return saying(waiting ?? (state.filters.runbooks ? "No runbook matches." : "There is none."))(width, height);
      }
      const { start, end } = windowAround(cursor, runbooks.length, height - 1);
      return table(columns(now), runbooks.slice(start, end), width, cursor - start);
    },
  };
}

function pageSection({ name, title, summary, target, symptom, steps, problem }: RunbookView): Section {
  const rows: Line[] = [[span(`  ${title}`, "strong"), span(`  ${count(steps, "step")}`, "muted")]];
  const add = (label: string, value: string | undefined, role?: Role) => {
    if (value) rows.push([span(`  ${label.padEnd(9)}`, "muted"), span(value, role)]);
  };
  add("when", symptom);
  add("acts on", target);
  add("problem", problem, "bad");
  add("read", `ttt runbook show ${name}`, "accent");
  add("rehearse", `ttt runbook run ${name} --dry-run`, "accent");
  add("run", `ttt runbook run ${name}`, "accent");
  return {
    title: name,
    rows: rows.length + 2,
    // How to run it stays in sight however long the list is.
    min: rows.length,
    draw: (width) => [...rows, ...wrap(summary, width - 4).map((text) => line(`    ${text}`, "muted"))],
  };
}

function runSection({ run, state, startedAt, steps }: NonNullable<RunbookView["lastRun"]>): Section {
  const stopped = state !== "green" && state !== "running";
  const rows: Line[] = [
    [span("  "), span(state, RUN_ROLES[state] ?? "warn"), span(`  ${timestamp(startedAt)}  ${run}`, "muted")],
    ...(stopped ? [[span("  goes on with  ", "muted"), span(`ttt runbook resume ${run}`, "accent")]] : []),
    ...steps.map(({ id, state: own }) => [span(`  ${id.padEnd(20)} `), span(own, STEP_ROLES[own] ?? "muted")]),
  ];
  return { title: "Last run", rows: rows.length, min: 2, draw: (_width, height) => rows.slice(0, height) };
}

function columns(now: number): readonly Column<RunbookView>[] {
  return [
    { title: "runbook", min: 22, grow: 2, cell: ({ name }) => span(name, "strong") },
    { title: "steps", min: 5, align: "right", giveUp: 2, cell: ({ steps }) => span(String(steps), "muted") },
    {
      title: " last run",
      min: 12,
      grow: 1,
      cell: ({ lastRun, problem }) => {
        if (problem !== undefined) return span(" cannot be run", "bad");
        return lastRun ? span(` ${lastRun.state}`, RUN_ROLES[lastRun.state] ?? "warn") : span(" never", "muted");
      },
    },
    {
      title: "last green",
      min: 11,
      align: "right",
      cell: ({ lastGreenAt }) => span(lastGreenAt === undefined ? "-" : `${duration(now - lastGreenAt)} ago`, "muted"),
    },
    { title: " acts on", min: 9, grow: 1, giveUp: 1, cell: ({ target }) => span(` ${target}`, "muted") },
  ];
}

function shown({ view, state }: ConsoleModel): readonly RunbookView[] {
  return view.runbooks.value.filter(({ name, title, symptom = "", target }) =>
    passes(state.filters.runbooks, name, title, symptom, target),
  );
}
