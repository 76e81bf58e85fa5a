import type { RunRecord } from "../backtest/run-record.ts";
import type { RunReport } from "../backtest/run-report.ts";
import type { SweepReport } from "../backtest/sweep/sweep-report.ts";
import type { RunStore } from "../ports/run-store.ts";

export interface ShownRun {
  readonly record: RunRecord;
  /** Undefined while it is unfinished. */
  readonly report: RunReport | SweepReport | undefined;
  /** Equity at each bar, of a run. */
  readonly equity: Float64Array | undefined;
}

/** A kept run with its report. */
export async function showRun(id: string, runs: RunStore): Promise<ShownRun> {
  const record = await runs.find(id);
  const report = await runs.readDocument<RunReport | SweepReport>(record.id, "report");
  return { record, report, equity: (await runs.readCurve(record.id))?.equity };
}
