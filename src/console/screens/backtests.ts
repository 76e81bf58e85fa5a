import type { BacktestView } from "../../actions/desk-feed.ts";
import { duration, percent, timestamp } from "../view/format.ts";
import { type Line, line, span } from "../view/line.ts";
import { progressBar } from "../view/progress-bar.ts";
import { type Column, table } from "../view/table.ts";
import type { Role } from "../view/theme.ts";
import { windowAround } from "../view/window.ts";
import { chartSection } from "./chart-section.ts";
import { type ConsoleModel, cursorIn, passes, type Screen } from "./model.ts";
import { type Section, saying } from "./section.ts";

const STATE_ROLES: Readonly<Record<BacktestView["state"], Role>> = {
  queued: "muted",
  running: "accent",
  done: "good",
  failed: "bad",
  cancelled: "warn",
};

export const backtestsScreen: Screen = {
  name: "backtests",
  title: "Backtests",
  ids: (model) => shown(model).map(({ id }) => id),
  sections(model) {
    const backtests = shown(model);
    const cursor = cursorIn(
      backtests.map(({ id }) => id),
      model.state.selected.backtests,
    );
    const chosen = backtests[cursor];
    return [
      listSection(model, backtests, cursor),
      ...(chosen ? [{ ...resultSection(chosen), side: "right" } as const] : []),
      ...(chosen?.equity && chosen.equity.length > 1
        ? [{ ...chartSection("Equity", chosen.equity), side: "right" } as const]
        : []),
    ];
  },
};

function listSection({ view, state, now }: ConsoleModel, backtests: readonly BacktestView[], cursor: number): Section {
  return {
    title: "Backtests",
    rows: Math.max(1, backtests.length + 1),
    min: 4,
    draw(width, height) {
      if (backtests.length === 0) {
        const waiting = view.backtests.status === "connecting" ? "Waiting for the first reading …" : undefined;
        const text = state.filters.backtests ? "No backtest matches." : "None yet: ttt backtest run --remote";
        return saying(waiting ?? text)(width, height);
      }
      const { start, end } = windowAround(cursor, backtests.length, height - 1);
      return table(columns(now), backtests.slice(start, end), width, cursor - start);
    },
  };
}

function resultSection(backtest: BacktestView): Section {
  const { trades, totalReturn, maxDrawdown, sharpe, error } = backtest;
  const rows: Line[] = [
    [span("  "), span(backtest.strategy, "strong"), span(`  ${backtest.id}`, "muted")],
    [span("  submitted ", "muted"), span(timestamp(backtest.submittedAt))],
  ];
  if (error !== undefined) rows.push(line(`  ${error}`, "bad"));
  const figures = [
    trades === undefined ? "" : `${trades} trades`,
    totalReturn === undefined ? "" : `return ${percent(totalReturn, 2)}`,
    maxDrawdown === undefined ? "" : `drawdown ${percent(maxDrawdown, 2)}`,
    sharpe === undefined ? "" : `Sharpe ${sharpe.toFixed(2)}`,
  ].filter(Boolean);
  if (figures.length > 0) rows.push(line(`  ${figures.join("   ")}`));
  return { title: "Result", rows: rows.length, min: 2, draw: () => rows };
}

function columns(now: number): readonly Column<BacktestView>[] {
  return [
    { title: "strategy", min: 12, grow: 2, cell: ({ strategy }) => span(strategy, "strong") },
    { title: "state", min: 9, cell: ({ state }) => span(state, STATE_ROLES[state]) },
    { title: "progress", min: 15, giveUp: 1, cell: ({ progress }) => span(progressBar(progress, 10), "chart") },
    {
      title: "trades",
      min: 7,
      align: "right",
      giveUp: 3,
      cell: ({ trades }) => span(trades === undefined ? "-" : String(trades)),
    },
    {
      title: "return",
      min: 8,
      align: "right",
      cell: ({ totalReturn }) =>
        span(totalReturn === undefined ? "-" : percent(totalReturn, 1), (totalReturn ?? 0) < 0 ? "bad" : "good"),
    },
    {
      title: "age",
      min: 7,
      align: "right",
      giveUp: 2,
      cell: ({ submittedAt }) => span(duration(now - submittedAt), "muted"),
    },
    { title: " id", min: 12, grow: 1, giveUp: 4, cell: ({ id }) => span(` ${id}`, "muted") },
  ];
}

function shown({ view, state }: ConsoleModel): readonly BacktestView[] {
  return view.backtests.value
    .filter(({ id, strategy, state: own }) => passes(state.filters.backtests, id, strategy, own))
    .toSorted((a, b) => b.submittedAt - a.submittedAt);
}
