import { Args } from "@oclif/core";
import { cancelRun } from "../../src/actions/cancel-run.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { dryRunFlag } from "../../src/cli/wait-flags.ts";

export default class BacktestCancel extends TttCommand<{ readonly id: string; readonly cancelled: boolean }> {
  static override readonly effect = "mutate";
  static override readonly summary = "Stop a sweep that runs in another terminal; what is done is kept";
  static override readonly description =
    "Finds the process that runs the sweep and asks it to end as Ctrl-C would. `ttt backtest resume` goes on from there.";
  static override readonly examples = ["<%= config.bin %> backtest cancel 4f1c0a"];
  static override readonly args = {
    id: Args.string({ required: true, description: "id of the sweep, or its beginning" }),
  };

  static override readonly flags = { ...dryRunFlag };

  async run() {
    const { args, flags } = await this.parse(BacktestCancel);
    const result = await cancelRun(args.id, openWorkbench().runs, { dryRun: flags["dry-run"] });
    const then = `Go on later with: ttt backtest resume ${result.id}`;
    this.log(result.cancelled ? `${result.id} will stop. ${then}` : `${result.id} runs and would be stopped.`);
    return result;
  }
}
