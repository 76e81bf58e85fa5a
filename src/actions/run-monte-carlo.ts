import { type MonteCarloOptions, type MonteCarloResult, monteCarlo } from "../backtest/monte-carlo.ts";
import type { RunReport } from "../backtest/run-report.ts";
import { returnsOf } from "../backtest/statistics/moments.ts";
import { OperatorError } from "../core/errors.ts";
import type { RunStore } from "../ports/run-store.ts";

export interface MonteCarloStudy extends MonteCarloResult {
  /** The run that was studied. */
  readonly run: string;
  readonly title: string;
}

/** Alternative histories of a kept run: what else chance could have made of it. */
export async function runMonteCarlo(id: string, options: MonteCarloOptions, runs: RunStore): Promise<MonteCarloStudy> {
  const record = await runs.find(id);
  const report = record.kind === "run" ? await runs.readDocument<RunReport>(record.id, "report") : undefined;
  const curve = await runs.readCurve(record.id);
  if (report === undefined || curve === undefined) {
    throw new OperatorError(`${record.id} is no finished run.`, {
      exit: "conflict",
      code: "RUN_UNFINISHED",
      expected: "the id of a run",
      found: `${record.kind}, ${record.status}`,
    });
  }
  if (options.method === "trades" && report.trades.length < 2) {
    throw new OperatorError("There are too few trades to shuffle.", { exit: "conflict", code: "TOO_FEW_TRADES" });
  }
  const cash = report.stats.initialEquity;
  const profits = report.trades.map(({ pnl }) => pnl);
  const result = monteCarlo({ returns: returnsOf(curve.equity, cash), profits, cash }, options);
  return { run: record.id, title: record.title, ...result };
}
