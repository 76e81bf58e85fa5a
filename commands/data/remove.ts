import { Args } from "@oclif/core";
import { removeDataset } from "../../src/actions/remove-dataset.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { dryRunFlag } from "../../src/cli/wait-flags.ts";

export default class DataRemove extends TttCommand<{ readonly removed: string; readonly dryRun: boolean }> {
  static override readonly effect = "mutate";
  static override readonly summary = "Remove a dataset from the data store";
  static override readonly description =
    "Removes the bars from the data store; runs that used them keep their results and the data's hash, but can no longer be repeated.";
  static override readonly examples = ["<%= config.bin %> data remove goog"];
  static override readonly args = { name: Args.string({ required: true, description: "dataset" }) };
  static override readonly flags = { ...dryRunFlag };

  async run() {
    const { args, flags } = await this.parse(DataRemove);
    const result = await removeDataset(args.name, openWorkbench().bars, { dryRun: flags["dry-run"] });
    this.log(`${result.dryRun ? "Would remove" : "Removed"} ${result.removed}.`);
    return result;
  }
}
