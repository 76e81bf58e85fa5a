import { Args, Flags } from "@oclif/core";
import { resumableSweep } from "../../src/actions/resumable-sweep.ts";
import type { SweepReport } from "../../src/backtest/sweep/sweep-report.ts";
import { remoteFlags, remoteOf } from "../../src/cli/api-flags.ts";
import { jobsFlag } from "../../src/cli/backtest/run-flags.ts";
import { sweepHere } from "../../src/cli/backtest/sweep-here.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { sweepSummary } from "../../src/cli/present/sweep.ts";

export default class BacktestResume extends TttCommand<SweepReport> {
  static override readonly summary = "Go on with an interrupted sweep";
  static override readonly description =
    "Continues a sweep that was ended or died: what is finished stays as it is, and the rest gives the same results as if nothing had happened.";
  static override readonly examples = ["<%= config.bin %> backtest resume 4f1c0a"];
  static override readonly args = {
    id: Args.string({ required: true, description: "id of the sweep, or its beginning" }),
  };
  static override readonly flags = {
    jobs: jobsFlag,
    ...remoteFlags("jobs"),
    stall: Flags.integer({ default: 10, min: 1, helpValue: "SECONDS", description: "how long one bar may take" }),
    top: Flags.integer({ default: 10, min: 1, description: "best runs to show" }),
  };

  async run() {
    const { args, flags } = await this.parse(BacktestResume);
    const workbench = openWorkbench();
    const spec = await resumableSweep(args.id, workbench);
    const { jobs } = flags;
    const options = {
      jobs,
      remote: remoteOf(flags),
      stallMs: flags.stall * 1000,
      fresh: false,
      json: this.jsonEnabled(),
    };
    const report = await sweepHere(spec, workbench, options);
    for (const line of sweepSummary(report, flags.top)) this.log(line);
    return report;
  }
}
