import { type BacktestSources, runBacktest } from "../../actions/run-backtest.ts";
import type { RunReport } from "../../backtest/run-report.ts";
import type { RunSpec } from "../../backtest/run-spec.ts";
import type { Clock } from "../../core/clock.ts";
import { runWatched } from "../../runtime/watched-thread.ts";
import { BUILT_IN_STRATEGIES } from "../../strategy/builtin/index.ts";
import type { BarColumns } from "../../trading/bar.ts";

/** What is left of a run for charts, exports and the store. */
export interface RunHere {
  readonly report: RunReport;
  readonly equity: Float64Array;
  readonly time: Float64Array;
  readonly columns: BarColumns;
}

/**
 * Runs a backtest on this machine. A built-in strategy runs in this very thread, where it starts fastest; one of a
 * user's in a thread of its own, which is ended when the strategy gets stuck.
 */
export async function runHere(
  spec: RunSpec,
  sources: BacktestSources & { readonly clock: Clock },
  stallMs: number,
): Promise<RunHere> {
  if (!BUILT_IN_STRATEGIES.has(spec.strategy)) {
    const entry = "src/cli/backtest/backtest.thread";
    const { strategy: what, params } = spec;
    return runWatched<RunHere>({ entry, data: { spec }, stallMs, what, params }, sources.clock);
  }
  const { report, result, columns } = await runBacktest(spec, sources);
  return { report, equity: result.equity, time: result.time, columns };
}
