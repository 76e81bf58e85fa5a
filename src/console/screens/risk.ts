import type { LevelView, TradingView, WorkerView } from "../../actions/desk-feed.ts";
import { workersBehind } from "../state/attention.ts";
import { count, duration, shortWait } from "../view/format.ts";
import { levelBadge, levelRole } from "../view/level-look.ts";
import { type Line, line, span } from "../view/line.ts";
import { type Column, table } from "../view/table.ts";
import { windowAround } from "../view/window.ts";
import { type ConsoleModel, cursorIn, passes, type Screen } from "./model.ts";
import { type Section, saying } from "./section.ts";

export const riskScreen: Screen = {
  name: "risk",
  title: "Risk",
  ids: (model) => levels(model).map(({ scope }) => scope),
  sections: (model) => [levelSection(model), scopesSection(model), { ...workersSection(model), side: "right" }],
};

/** The level that holds for all trading, who set it and why, and what to do about it. */
export function levelSection({ view, now }: ConsoleModel): Section {
  const trading = view.trading.status === "live" ? view.trading.value : undefined;
  const rows = trading ? levelRows(trading, now) : [];
  return {
    title: "Trading level",
    rows: Math.max(1, rows.length),
    min: 2,
    draw: (width, height) => (trading ? rows : saying("Not known: in doubt nothing is sent.")(width, height)),
  };
}

export function workersSection({ view }: ConsoleModel): Section {
  const { value: trading, heardAt = 0 } = view.trading;
  const workers = trading?.workers ?? [];
  const behind = workersBehind(view.trading).length;
  return {
    title: "Workers",
    right:
      workers.length === 0
        ? []
        : line(behind === 0 ? "all acknowledged" : `${behind} not acknowledged`, behind === 0 ? "good" : "bad"),
    rows: workers.length === 0 ? 1 : workers.length + 1,
    min: 2,
    draw: (width, height) =>
      workers.length === 0
        ? saying("No worker holds a lease.")(width, height)
        : table(workerColumns(trading?.epoch ?? 0, heardAt), workers.slice(0, height - 1), width),
  };
}

function levelRows(
  { level, epoch, since, by, reason, orders, positions, hostLoss }: TradingView,
  now: number,
): readonly Line[] {
  const holding = positions.filter(({ quantity }) => Number(quantity) !== 0).length;
  return [
    [
      span("  "),
      levelBadge(level),
      span(`  epoch ${epoch}${since === 0 ? "" : `, for ${duration(now - since)}`}`, "muted"),
    ],
    line(`  ${by === undefined ? "" : `set by ${by}: `}${reason ?? "no level was ever set: nothing may be sent"}`),
    [span("  at stake ", "muted"), span(`${count(orders.length, "open order")}, ${count(holding, "position")}`)],
    ...(hostLoss === undefined ? [] : [line(`  ${hostLoss}`, "muted")]),
    line(level === "RUN" ? "  K stops it: ttt kill" : "  Let it trade again: ttt arm", "accent"),
  ];
}

function scopesSection(model: ConsoleModel): Section {
  const shown = levels(model);
  const ids = shown.map(({ scope }) => scope);
  const cursor = cursorIn(ids, model.state.selected.risk);
  return {
    title: "Levels by scope",
    rows: Math.max(1, shown.length + 1),
    min: 2,
    draw(width, height) {
      if (shown.length === 0) return saying("No scope has a level of its own.")(width, height);
      const { start, end } = windowAround(cursor, shown.length, height - 1);
      return table(scopeColumns(model.now), shown.slice(start, end), width, cursor - start);
    },
  };
}

function levels({ view, state }: ConsoleModel): readonly LevelView[] {
  return (view.trading.value?.levels ?? []).filter(({ scope, level, reason = "", by = "" }) =>
    passes(state.filters.risk, scope, level, reason, by),
  );
}

function scopeColumns(now: number): readonly Column<LevelView>[] {
  return [
    { title: "scope", min: 18, grow: 1, cell: ({ scope }) => span(scope, "strong") },
    { title: "level", min: 11, cell: ({ level }) => span(level, levelRole(level)) },
    { title: "epoch", min: 6, align: "right", giveUp: 3, cell: ({ epoch }) => span(String(epoch), "muted") },
    { title: "for", min: 7, align: "right", giveUp: 2, cell: ({ since }) => span(duration(now - since), "muted") },
    { title: " by", min: 12, giveUp: 1, grow: 2, cell: ({ by = "" }) => span(` ${by}`, "muted") },
    { title: "reason", min: 12, giveUp: 1, grow: 3, cell: ({ reason = "" }) => span(reason) },
  ];
}

function workerColumns(epoch: number, readAt: number): readonly Column<WorkerView>[] {
  return [
    { title: "worker", min: 12, grow: 1, cell: ({ instance }) => span(instance, "strong") },
    { title: "partition", min: 10, grow: 1, giveUp: 1, cell: ({ partition = "-" }) => span(partition, "muted") },
    {
      title: "epoch",
      min: 12,
      align: "right",
      cell: (worker) =>
        worker.epoch === epoch ? span(String(epoch), "good") : span(`${worker.epoch} of ${epoch}`, "bad"),
    },
    { title: "permit", min: 9, align: "right", cell: ({ permitUntil }) => permit(permitUntil, readAt) },
  ];
}

/** As it was at the moment of the reading: permits live two seconds and are renewed all the time. */
function permit(until: number | undefined, readAt: number) {
  if (until === undefined) return span("none", "bad");
  return until <= readAt ? span(`out ${shortWait(readAt - until)}`, "bad") : span("held", "good");
}
