import { styleText } from "node:util";
import type { MonteCarloStudy } from "../../actions/run-monte-carlo.ts";
import { decimal, percent } from "../../backtest/format.ts";
import type { Distribution } from "../../backtest/monte-carlo.ts";

/** The distributions as a table of 80 columns. */
export function monteCarloSummary(study: MonteCarloStudy): string[] {
  const { title, method, runs, block, lossProbability, deeperDrawdownProbability } = study;
  const how = method === "block" ? `blocks of ${block} bars, drawn with replacement` : "trades in another order";
  const row = (label: string, spread: Distribution, write: (value: number) => string) => {
    const values = [spread.p5, spread.p25, spread.median, spread.p75, spread.p95, spread.actual].map(write);
    return ` ${label.padEnd(14)}${values.map((value) => value.padStart(10)).join("")}`;
  };
  const signed = (value: number) => percent(value, { sign: true });
  const head = ["5 %", "25 %", "median", "75 %", "95 %", "actual"].map((text) => text.padStart(10)).join("");
  return [
    ` ${styleText("bold", title)}`,
    styleText("dim", ` ${decimal(runs, 0)} histories: ${how}`),
    "",
    styleText("dim", ` ${"".padEnd(14)}${head}`),
    ...(method === "block"
      ? [row("final equity", study.finalEquity, (value) => decimal(value, 0)), row("return", study.totalReturn, signed)]
      : []),
    row("worst drawdown", study.maxDrawdown, (value) => percent(value)),
    "",
    ...(method === "block" ? [` Ended below the start: ${percent(lossProbability)} of the histories.`] : []),
    ` Fell deeper than the run did: ${percent(deeperDrawdownProbability)}.`,
  ];
}
