import type { RunReport } from "../backtest/run-report.ts";
import { type RunSettings, runSettings } from "../backtest/run-settings.ts";
import type { Statistics } from "../backtest/statistics/statistics.ts";
import type { SweepReport } from "../backtest/sweep/sweep-report.ts";
import { OperatorError } from "../core/errors.ts";
import type { RunStore } from "../ports/run-store.ts";

export interface ComparedRun {
  readonly id: string;
  readonly title: string;
  readonly strategy: string;
  readonly params: Readonly<Record<string, number | string | boolean>>;
  /** Data, costs, rules, convention: all that decided the result beside the parameters. */
  readonly settings: RunSettings;
  readonly stats: Statistics;
}

/** The statistics of several kept runs side by side; a sweep stands for its best run. */
export function compareRuns(ids: readonly string[], runs: RunStore): Promise<ComparedRun[]> {
  return Promise.all(ids.map((id) => comparable(id, runs)));
}

async function comparable(id: string, runs: RunStore): Promise<ComparedRun> {
  const { id: whole, title } = await runs.find(id);
  const report = await runs.readDocument<RunReport | SweepReport>(whole, "report");
  const best = report === undefined ? null : "best" in report ? report.best : report;
  if (report === undefined || best === null) {
    throw new OperatorError(`${whole} has no result to compare.`, {
      exit: "conflict",
      code: "RUN_UNFINISHED",
      found: title,
    });
  }
  const { params, stats } = best;
  const settings = runSettings({ ...report, stats });
  return { id: whole, title, strategy: report.strategy, params, settings, stats };
}
