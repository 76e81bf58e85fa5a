import { runSweep } from "../../actions/run-sweep.ts";
import type { SweepReport } from "../../backtest/sweep/sweep-report.ts";
import type { SweepSpec } from "../../backtest/sweep/sweep-spec.ts";
import { isDone } from "../../backtest/sweep/trial.ts";
import type { Workbench } from "../../runtime/workbench.ts";
import { interruptSignal } from "../interrupt.ts";
import { progressOf } from "../present/progress.ts";
import { sweepSources } from "./sweep-sources.ts";

/** Runs a sweep on this machine with progress on stderr; Ctrl-C keeps what is done. */
export async function sweepHere(
  spec: SweepSpec,
  workbench: Workbench,
  options: { readonly jobs: number; readonly stallMs: number; readonly fresh: boolean; readonly json: boolean },
): Promise<SweepReport> {
  const progress = progressOf("sweep", "runs", workbench.clock, options.json);
  return runSweep(spec, sweepSources(spec, workbench, options), {
    fresh: options.fresh,
    signal: interruptSignal(),
    onProgress(done, total, best) {
      const value = best !== undefined && isDone(best) ? best[spec.objective] : null;
      progress.update(done, total, value === null ? "" : `best ${spec.objective} ${value.toFixed(3)}`);
    },
  }).finally(progress.end);
}
