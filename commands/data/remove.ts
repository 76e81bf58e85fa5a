import { Args } from "@oclif/core";
import { removeDataset } from "../../src/actions/remove-dataset.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";

export default class DataRemove extends TttCommand<{ readonly removed: string }> {
  static override readonly effect = "mutate";
  static override readonly summary = "Remove a dataset from the data store";
  static override readonly description =
    "Removes the bars from the data store; runs that used them keep their results and the data's hash, but can no longer be repeated.";
  static override readonly examples = ["<%= config.bin %> data remove goog"];
  static override readonly args = { name: Args.string({ required: true, description: "dataset" }) };

  async run() {
    const { args } = await this.parse(DataRemove);
    const result = await removeDataset(args.name, openWorkbench().bars);
    this.log(`Removed ${result.removed}.`);
    return result;
  }
}
