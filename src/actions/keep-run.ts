import type { StoredCurve } from "../backtest/run-record.ts";
import type { RunReport } from "../backtest/run-report.ts";
import type { RunSpec } from "../backtest/run-spec.ts";
import type { Clock } from "../core/clock.ts";
import type { RunStore } from "../ports/run-store.ts";

/** Keeps a finished run, so that it can be listed, shown, compared and reported. Running it again changes nothing. */
export async function keepRun(
  run: { readonly spec: RunSpec; readonly report: RunReport; readonly curve: StoredCurve },
  { runs, clock }: { readonly runs: RunStore; readonly clock: Clock },
): Promise<void> {
  const { report, spec, curve } = run;
  // The id is a hash of all that decided the result: what is there already is the same.
  if ((await runs.get(report.id))?.status === "done") return;
  const now = clock.now();
  await runs.writeDocument(report.id, "report", report);
  await runs.writeCurve(report.id, curve);
  await runs.save({
    id: report.id,
    kind: "run",
    status: "done",
    createdAt: now,
    updatedAt: now,
    title: titleOf(report),
    summary: summaryOf(report),
    spec,
  });
}

export function titleOf({ strategy, data }: Pick<RunReport, "strategy" | "data">): string {
  return `${strategy} on ${data.map(({ symbol }) => symbol).join(", ")}`;
}

function summaryOf({ stats }: RunReport): string {
  const sharpe = stats.sharpe === null ? "" : `, Sharpe ${stats.sharpe.toFixed(2)}`;
  return `${(100 * stats.totalReturn).toFixed(1)} %${sharpe}, ${stats.trades} trades`;
}
