import { Args, Flags } from "@oclif/core";
import { withDayZone } from "../../src/actions/day-zone.ts";
import { estimateSweep, type SweepEstimate } from "../../src/actions/estimate-sweep.ts";
import { decimal, duration } from "../../src/backtest/format.ts";
import type { SweepReport } from "../../src/backtest/sweep/sweep-report.ts";
import { SWEEP_METHODS, type SweepSpec } from "../../src/backtest/sweep/sweep-spec.ts";
import { OBJECTIVES } from "../../src/backtest/sweep/trial.ts";
import { remoteFlags, remoteOf } from "../../src/cli/api-flags.ts";
import { jobsFlag, paramsOf, runFlags, specOf } from "../../src/cli/backtest/run-flags.ts";
import { sweepHere } from "../../src/cli/backtest/sweep-here.ts";
import { sweepSources } from "../../src/cli/backtest/sweep-sources.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { sweepSummary } from "../../src/cli/present/sweep.ts";
import { EXIT_CODES } from "../../src/core/exit-codes.ts";

export default class BacktestSweep extends TttCommand<SweepReport | SweepEstimate> {
  static override readonly summary = "Run a strategy over many combinations of parameters";
  static override readonly description =
    `Progress is written to stderr: a bar in a terminal, lines of JSON with --json. Ctrl-C keeps what is done, and
backtest resume goes on; the result is the same to the byte, however often and with however many threads, and with
--remote on however many backtesters, of which some may be lost on the way.`;
  static override readonly examples = [
    "<%= config.bin %> backtest sweep sma-cross --data goog -v fast=5..24 -v slow=30..120:5",
    "<%= config.bin %> backtest sweep sma-cross --data goog -v fast=5..24 --remote",
    "<%= config.bin %> backtest sweep breakout --data btc -v period=5..100 --method bayesian",
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
    method: Flags.option({ options: SWEEP_METHODS })({ default: "grid", description: "how combinations are chosen" }),
    trials: Flags.integer({ default: 100, min: 1, max: 1_000_000, description: "runs, for the methods that choose" }),
    objective: Flags.option({ options: OBJECTIVES })({ default: "sharpe", description: "what is to be largest" }),
    minimize: Flags.boolean({ description: "the smallest is best" }),
    constraint: Flags.string({ helpValue: "EXPRESSION", description: 'such as "fast < slow and slow / fast >= 2"' }),
    "sweep-seed": Flags.integer({ default: 1, description: "seed of the methods that draw" }),
    jobs: jobsFlag,
    ...remoteFlags("estimate", "jobs"),
    estimate: Flags.boolean({ description: "only tell how long it would take" }),
    fresh: Flags.boolean({ description: "do not go on from an earlier sweep of the same specification" }),
    top: Flags.integer({ default: 10, min: 1, description: "best runs to show" }),
    ...runFlags,
  };

  async run() {
    const { args, flags } = await this.parse(BacktestSweep);
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
    const { jobs, fresh } = flags;
    const options = { jobs, stallMs: flags.stall * 1000, fresh, remote: remoteOf(flags), json: this.jsonEnabled() };
    if (flags.estimate)
      return this.#estimate(await estimateSweep(spec, sweepSources(spec, workbench, { ...options, jobs: 1 })), jobs);
    const report = await sweepHere(spec, workbench, options);
    for (const line of sweepSummary(report, flags.top)) this.log(line);
    // A sweep in which nothing succeeded has no answer, however orderly it ended.
    if (report.failed > 0 && report.failed === report.trials.length) this.exitWith(EXIT_CODES.jobFailed.code);
    return report;
  }

  #estimate(estimate: SweepEstimate, jobs: number): SweepEstimate {
    const { trials, secondsPerTrial, barRuns } = estimate;
    const time = duration((1000 * trials * secondsPerTrial) / jobs);
    this.log(`${decimal(trials, 0)} runs, ${decimal(barRuns, 0)} bars in all: about ${time} with ${jobs} threads.`);
    return estimate;
  }
}
