import { Args, Flags } from "@oclif/core";
import { withDayZone } from "../../src/actions/day-zone.ts";
import { runWalkForward, type WalkForwardReport } from "../../src/actions/run-walk-forward.ts";
import type { SweepSpec } from "../../src/backtest/sweep/sweep-spec.ts";
import { OBJECTIVES } from "../../src/backtest/sweep/trial.ts";
import { jobsFlag, paramsOf, runFlags, specOf } from "../../src/cli/backtest/run-flags.ts";
import { walkSources } from "../../src/cli/backtest/sweep-sources.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { interruptSignal } from "../../src/cli/interrupt.ts";
import { progressOf } from "../../src/cli/present/progress.ts";
import { walkForwardSummary } from "../../src/cli/present/walk-forward.ts";

export default class BacktestWalkForward extends TttCommand<WalkForwardReport> {
  static override readonly summary = "Choose parameters on one stretch of bars, judge them on the next, and so on";
  static override readonly description =
    "The tests never see the bars that chose their parameters. What is printed is how the chosen ones did on the bars after.";
  static override readonly examples = [
    "<%= config.bin %> backtest walk-forward sma-cross --data goog -v fast=5..20:5 \\\n    --train 500 --test 125",
  ];
  static override readonly args = {
    strategy: Args.string({ required: true, description: "name of a built-in strategy, or path of a strategy file" }),
  };
  static override readonly flags = {
    vary: Flags.string({
      char: "v",
      multiple: true,
      required: true,
      helpValue: "NAME=VALUES",
      description: "values of a parameter: fast=5..24, slow=30..120:5, side=long,short",
    }),
    param: Flags.string({ char: "p", multiple: true, helpValue: "NAME=VALUE", description: "parameter that stays" }),
    train: Flags.integer({ required: true, min: 30, description: "bars that choose" }),
    test: Flags.integer({ required: true, min: 1, description: "bars that judge" }),
    anchored: Flags.boolean({ description: "training always begins at the first bar" }),
    method: Flags.option({ options: ["grid", "random", "latin-hypercube"] as const })({
      default: "grid",
      description: "how combinations are chosen",
    }),
    trials: Flags.integer({ default: 100, min: 1, description: "combinations, for the methods that choose" }),
    objective: Flags.option({ options: OBJECTIVES })({ default: "sharpe", description: "what is to be largest" }),
    minimize: Flags.boolean({ description: "the smallest is best" }),
    constraint: Flags.string({ helpValue: "EXPRESSION", description: 'such as "fast < slow"' }),
    "sweep-seed": Flags.integer({ default: 1, description: "seed of the methods that draw" }),
    jobs: jobsFlag,
    ...runFlags,
  };

  async run() {
    const { args, flags } = await this.parse(BacktestWalkForward);
    const workbench = openWorkbench();
    const spec: SweepSpec = {
      run: await withDayZone(await specOf(args.strategy, flags, paramsOf(flags.param)), workbench.bars),
      vary: flags.vary,
      method: flags.method,
      trials: flags.trials,
      seed: flags["sweep-seed"],
      objective: flags.objective,
      minimize: flags.minimize,
      ...(flags.constraint !== undefined && { constraint: flags.constraint }),
    };
    const progress = progressOf("walk-forward", "runs", workbench.clock, this.jsonEnabled());
    const { train, test, anchored, jobs, stall } = flags;
    const sources = walkSources(spec, workbench, { jobs, stallMs: stall * 1000 });
    const watch = { onProgress: progress.update, signal: interruptSignal() };
    const report = await runWalkForward(spec, { train, test, anchored }, sources, watch).finally(progress.end);
    for (const line of walkForwardSummary(report)) this.log(line);
    return report;
  }
}
