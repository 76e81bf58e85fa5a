import { Args, Flags } from "@oclif/core";
import { resampleData } from "../../src/actions/resample-data.ts";
import type { DatasetInfo } from "../../src/backtest/data/dataset.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { datasetCard } from "../../src/cli/present/dataset.ts";

export default class DataResample extends TttCommand<DatasetInfo> {
  static override readonly effect = "mutate";
  static override readonly summary = "Make a dataset of coarser bars";
  static override readonly description =
    "Joins bars into coarser ones on the calendar of the data: open of the first, close of the last, highest, lowest, and the sum of volume. A period that is not whole is left out.";
  static override readonly examples = ["<%= config.bin %> data resample btc-1m --to 1h"];
  static override readonly args = { data: Args.string({ required: true, description: "dataset or file" }) };
  static override readonly flags = {
    to: Flags.string({ required: true, helpValue: "INTERVAL", description: "5m, 1h, 1d, 1w (from Monday) or 1mo" }),
    name: Flags.string({ description: "name of the new dataset" }),
  };

  async run() {
    const { args, flags } = await this.parse(DataResample);
    const { name } = flags;
    const info = await resampleData({ ref: args.data, to: flags.to, ...(name && { name }) }, openWorkbench());
    for (const line of datasetCard(info)) this.log(line);
    return info;
  }
}
