import type { SweepSources } from "../../actions/prepare-sweep.ts";
import type { Combination } from "../../backtest/sweep/draw.ts";
import type { SweepSpec } from "../../backtest/sweep/sweep-spec.ts";
import { ThreadTrialPool } from "../../runtime/thread-trial-pool.ts";
import type { Workbench } from "../../runtime/workbench.ts";
import { runHere } from "./run-here.ts";
import { safeStrategies } from "./safe-strategies.ts";

/** What a sweep on this machine works with: `jobs` threads, and the workbench. */
export function sweepSources(
  { run }: SweepSpec,
  workbench: Workbench,
  { jobs, stallMs }: { readonly jobs: number; readonly stallMs: number },
): SweepSources {
  return {
    ...workbench,
    strategies: safeStrategies(workbench.strategies, workbench.clock, stallMs),
    openPool({ spec, data, calendar }) {
      const { strategy, source, options, params: fixed } = spec.run;
      const setup = { strategy, source, data, options, fixed, calendar };
      return new ThreadTrialPool("src/cli/backtest/trial.thread", setup, { jobs, stallMs }, workbench.clock);
    },
    runOne: (params) => runHere({ ...run, params: { ...run.params, ...params } }, workbench, stallMs),
  };
}

/** What a walk-forward works with: its tests run over a part of the bars, with the equity that was left, to their end. */
export function walkSources(
  spec: SweepSpec,
  workbench: Workbench,
  setting: { readonly jobs: number; readonly stallMs: number },
) {
  const { run } = spec;
  return {
    ...sweepSources(spec, workbench, setting),
    runOne(params: Combination, { from, to, cash }: { from: number; to: number; cash: number }) {
      const options = { ...run.options, cash, finalize: true };
      return runHere({ ...run, params: { ...run.params, ...params }, from, to, options }, workbench, setting.stallMs);
    },
  };
}
