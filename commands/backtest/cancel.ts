import { Args } from "@oclif/core";
import { cancelRun } from "../../src/actions/cancel-run.ts";
import { remoteFlags, remoteOf } from "../../src/cli/api-flags.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { dryRunFlag } from "../../src/cli/wait-flags.ts";

export default class BacktestCancel extends TttCommand<{ readonly id: string; readonly cancelled: boolean }> {
  static override readonly effect = "mutate";
  static override readonly summary = "Stop a sweep that runs in another terminal, or a backtest on a stack";
  static override readonly description =
    "Finds the process that runs the sweep and asks it to end as Ctrl-C would. What is done is kept, and `ttt backtest resume` goes on from there. With --remote or --api it cancels a job of that stack; one that has ended stays as it is.";
  static override readonly examples = [
    "<%= config.bin %> backtest cancel 4f1c0a",
    "<%= config.bin %> backtest cancel job-0123456789abcdef --remote",
  ];
  static override readonly args = {
    id: Args.string({ required: true, description: "id of the sweep, or its beginning; of the job" }),
  };

  static override readonly flags = { ...remoteFlags(), ...dryRunFlag };

  async run() {
    const { args, flags } = await this.parse(BacktestCancel);
    const remote = remoteOf(flags);
    if (remote) {
      const { cancelThere } = await import("../../src/cli/backtest/jobs-there.ts");
      const done = await cancelThere(remote, args.id, flags["dry-run"]);
      this.log(`${done.id} is ${done.state}${done.cancelled ? ", and cancelled" : ""}.`);
      return done;
    }
    const result = await cancelRun(args.id, openWorkbench().runs, { dryRun: flags["dry-run"] });
    const then = `Go on later with: ttt backtest resume ${result.id}`;
    this.log(result.cancelled ? `${result.id} will stop. ${then}` : `${result.id} runs and would be stopped.`);
    return result;
  }
}
