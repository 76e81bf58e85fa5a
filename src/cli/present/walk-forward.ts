import { styleText } from "node:util";
import type { WalkForwardReport } from "../../actions/run-walk-forward.ts";
import { decimal, moment, percent } from "../../backtest/format.ts";
import { sparkline } from "./sparkline.ts";

/** The folds as a table of 80 columns, and the tests as one run. */
export function walkForwardSummary(report: WalkForwardReport): string[] {
  const { strategy, data, folds, stats, efficiency, train, test, anchored, synthetic } = report;
  const rows = folds.map(({ testFrom, params, inSample, outOfSample, trades }) => {
    const chosen = Object.entries(params).map(
      ([name, value]) => `${name} ${typeof value === "number" ? Number(value.toPrecision(4)) : value}`,
    );
    const cells = [percent(inSample, { sign: true }), percent(outOfSample, { sign: true }), String(trades)];
    const left = ` ${moment(new Date(testFrom).toISOString()).slice(0, 16).padEnd(18)}${chosen.join(" ").slice(0, 30).padEnd(31)}`;
    return `${left}${cells.map((cell) => cell.padStart(9)).join("")}`;
  });
  return [
    ` ${styleText("bold", `${strategy} on ${data.map(({ symbol }) => symbol).join(", ")}`)}, walked forward`,
    styleText(
      "dim",
      ` ${folds.length} folds of ${train} bars${anchored ? " and more" : ""} to choose and ${test} to judge`,
    ),
    "",
    styleText(
      "dim",
      ` ${"test from".padEnd(18)}${"chosen".padEnd(31)}${"trained".padStart(9)}${"tested".padStart(9)}${"trades".padStart(9)}`,
    ),
    ...rows,
    "",
    ` ${styleText("green", sparkline(report.equity, 78))}`,
    ` ${decimal(stats.initialEquity)} → ${styleText("bold", decimal(stats.finalEquity))}  ${percent(stats.annualReturn, { sign: true })} a year, Sharpe ${decimal(stats.sharpe)}, worst drawdown ${percent(stats.maxDrawdown)}`,
    styleText(
      "dim",
      ` Of the yearly return in training, ${percent(efficiency, { decimals: 0 })} was kept in the tests.`,
    ),
    ...(synthetic ? [styleText("dim", " The bars are synthetic: made up, not measured.")] : []),
  ];
}
