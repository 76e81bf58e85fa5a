import { styleText } from "node:util";
import type { ComparedRun } from "../../actions/compare-runs.ts";
import { decimal, percent } from "../../backtest/format.ts";
import type { RunRecord, RunStatus } from "../../backtest/run-record.ts";

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

/** Runs side by side, one column each; as many as 80 columns hold. */
export function comparison(runs: readonly ComparedRun[]): string[] {
  const width = Math.max(10, Math.min(16, Math.floor((80 - 16) / runs.length) - 1));
  const row = (label: string, values: readonly string[]) =>
    `${styleText("dim", label.padEnd(16))}${values.map((value) => ` ${value.slice(0, width).padStart(width)}`).join("")}`;
  const of = (label: string, value: (run: ComparedRun) => string) => row(label, runs.map(value));
  const names = [...new Set(runs.flatMap(({ params }) => Object.keys(params)))];
  return [
    of("run", ({ id }) => id),
    of("strategy", ({ title }) => title.split(" on ")[0] ?? ""),
    of("bars", ({ title }) => (title.split(" on ")[1] ?? "").split(",")[0]!),
    ...names.map((name) => of(name, ({ params }) => String(params[name] ?? ""))),
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
    of("trades", ({ stats }) => decimal(stats.trades, 0)),
    of("win rate", ({ stats }) => percent(stats.winRate)),
    of("profit factor", ({ stats }) => decimal(stats.profitFactor)),
    of("average trade", ({ stats }) => percent(stats.averageTrade, { sign: true, decimals: 2 })),
  ];
}
