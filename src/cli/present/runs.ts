import { styleText } from "node:util";
import type { ComparedRun } from "../../actions/compare-runs.ts";
import { decimal, NONE, percent } from "../../backtest/format.ts";
import type { RunRecord, RunStatus } from "../../backtest/run-record.ts";
import { differingSettings } from "../../backtest/run-settings.ts";

const MARKS: Record<RunStatus, string> = {
  done: " ",
  running: "…",
  interrupted: "‖",
  cancelled: "✗",
  failed: "!",
};

/** One line of at most 80 columns for each kept run. */
export function runTable(all: readonly RunRecord[]): string[] {
  if (all.length === 0) return ["No backtests yet. Try: ttt backtest run sma-cross --data DATASET"];
  return all.map(({ id, status, createdAt, title, summary }) => {
    const date = new Date(createdAt).toISOString().slice(0, 16).replace("T", " ");
    const text = `${title}${summary === "" ? "" : `: ${summary}`}`;
    const room = 80 - 12 - 16 - 5;
    return `${id} ${MARKS[status]} ${styleText("dim", date)} ${text.length > room ? `${text.slice(0, room - 1)}…` : text}`;
  });
}

/** Columns of one page of a comparison. */
const RUNS_BESIDE = 4;
const LABEL = 16;
const MAX_LABEL = 24;
const WIDTH = 80;

/** Runs side by side, four of them in 80 columns, the next four below: what differs in how they were made, and what came of them. */
export function comparison(runs: readonly ComparedRun[]): string[] {
  const differing = differingSettings(runs.map(({ settings }) => settings));
  const pages: string[] = [];
  for (let from = 0; from < runs.length; from += RUNS_BESIDE) {
    const page = runs.slice(from, from + RUNS_BESIDE);
    pages.push(...(from === 0 ? [] : [""]), ...comparisonPage(page, differing, from));
  }
  return pages;
}

function comparisonPage(
  runs: readonly ComparedRun[],
  differing: Readonly<Record<string, readonly string[]>>,
  from: number,
): string[] {
  const longest = Math.max(...Object.keys(differing).map((name) => name.length), 0);
  const label = Math.max(LABEL, Math.min(MAX_LABEL, longest + 1));
  const width = Math.min(22, Math.floor((WIDTH - label) / runs.length) - 1);
  const cell = (value: string) => (value.length > width ? `${value.slice(0, width - 1)}…` : value).padStart(width);
  const row = (name: string, values: readonly string[]) =>
    `${styleText("dim", name.slice(0, label - 1).padEnd(label))}${values.map((value) => ` ${cell(value)}`).join("")}`;
  const of = (name: string, value: (run: ComparedRun) => string) => row(name, runs.map(value));
  const names = [...new Set(runs.flatMap(({ params }) => Object.keys(params)))];
  const settings = Object.entries(differing).map(([name, texts]) =>
    row(
      name,
      texts.slice(from, from + runs.length).map((text) => (text === "" ? NONE : text)),
    ),
  );
  const symbols = differing.symbol === undefined ? [of("symbol", (run) => run.settings.symbol ?? "")] : [];
  return [
    of("run", ({ id }) => id),
    of("strategy", ({ strategy }) => strategy),
    ...symbols,
    ...names.map((name) => of(name, ({ params }) => String(params[name] ?? NONE))),
    "",
    settings.length === 0
      ? "Data, costs and settings are the same."
      : styleText("yellow", "They were not made alike; these settings differ:"),
    ...settings,
    "",
    of("return", ({ stats }) => percent(stats.totalReturn, { sign: true })),
    of("buy and hold", ({ stats }) => percent(stats.buyAndHoldReturn, { sign: true })),
    of("a year", ({ stats }) => percent(stats.annualReturn, { sign: true })),
    of("volatility", ({ stats }) => percent(stats.volatility)),
    of("Sharpe", ({ stats }) => decimal(stats.sharpe)),
    of("P(Sharpe>0)", ({ stats }) => percent(stats.deflatedSharpe)),
    of("Sortino", ({ stats }) => decimal(stats.sortino)),
    of("Calmar", ({ stats }) => decimal(stats.calmar)),
    of("worst drawdown", ({ stats }) => percent(stats.maxDrawdown)),
    of("exposure", ({ stats }) => percent(stats.exposure)),
    of("commission", ({ stats }) => decimal(stats.commission)),
    of("trades", ({ stats }) => decimal(stats.trades, 0)),
    of("win rate", ({ stats }) => percent(stats.winRate)),
    of("profit factor", ({ stats }) => decimal(stats.profitFactor)),
    of("average trade", ({ stats }) => percent(stats.averageTrade, { sign: true, decimals: 2 })),
  ];
}
