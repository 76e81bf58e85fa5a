import { Args, Flags } from "@oclif/core";
import { type ShownRun, showRun } from "../../src/actions/show-run.ts";
import { remoteFlags, remoteOf } from "../../src/cli/api-flags.ts";
import type { ShownJob } from "../../src/cli/backtest/jobs-there.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { presentRun } from "../../src/cli/present/shown-run.ts";

export default class BacktestShow extends TttCommand<Omit<ShownRun, "equity"> | ShownJob> {
  static override readonly summary = "Show a kept run, sweep, walk-forward or Monte Carlo study again";
  static override readonly description =
    "Prints what the run printed when it ended, from what was kept of it, without running anything again. With --remote or --api it shows a job of that stack, and its result once it has one.";
  static override readonly examples = [
    "<%= config.bin %> backtest show 4f1c0a",
    "<%= config.bin %> backtest show job-0123456789abcdef --remote",
  ];
  static override readonly args = {
    id: Args.string({ required: true, description: "id of the run, or its beginning" }),
  };
  static override readonly flags = {
    ...remoteFlags(),
    top: Flags.integer({ default: 10, min: 1, description: "best runs of a sweep" }),
  };

  async run() {
    const { args, flags } = await this.parse(BacktestShow);
    const remote = remoteOf(flags);
    if (remote) {
      const { showThere } = await import("../../src/cli/backtest/jobs-there.ts");
      const { lines, ...found } = await showThere(remote, args.id);
      for (const line of lines) this.log(line);
      return found;
    }
    const { equity, ...shown } = await showRun(args.id, openWorkbench().runs);
    for (const line of presentRun({ ...shown, equity }, flags.top)) this.log(line);
    return shown;
  }
}
