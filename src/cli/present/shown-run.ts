import type { ShownRun } from "../../actions/show-run.ts";
import { backtestSummary } from "./backtest-summary.ts";
import { runTable } from "./runs.ts";
import { sweepSummary } from "./sweep.ts";

/** A kept run as it was printed when it was made; an unfinished one as its line of the list. */
export function presentRun({ record, report, equity }: ShownRun, top: number): string[] {
  if (report === undefined) return runTable([record]);
  if ("best" in report) return sweepSummary(report, top);
  return equity === undefined ? runTable([record]) : backtestSummary(report, equity);
}
