import { Args, Flags } from "@oclif/core";
import { type ShownRun, showRun } from "../../src/actions/show-run.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { presentRun } from "../../src/cli/present/shown-run.ts";

export default class BacktestShow extends TttCommand<Omit<ShownRun, "equity">> {
  static override readonly summary = "Show a kept run, sweep, walk-forward or Monte Carlo study again";
  static override readonly description =
    "Prints what the run printed when it ended, from what was kept of it, without running anything again.";
  static override readonly examples = ["<%= config.bin %> backtest show 4f1c0a"];
  static override readonly args = {
    id: Args.string({ required: true, description: "id of the run, or its beginning" }),
  };
  static override readonly flags = { top: Flags.integer({ default: 10, min: 1, description: "best runs of a sweep" }) };

  async run() {
    const { args, flags } = await this.parse(BacktestShow);
    const { equity, ...shown } = await showRun(args.id, openWorkbench().runs);
    for (const line of presentRun({ ...shown, equity }, flags.top)) this.log(line);
    return shown;
  }
}
