import { Args } from "@oclif/core";
import { findDataset } from "../../src/actions/find-dataset.ts";
import type { DatasetInfo } from "../../src/backtest/data/dataset.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { datasetCard } from "../../src/cli/present/dataset.ts";

export default class DataShow extends TttCommand<DatasetInfo> {
  static override readonly summary = "Show what is known of a dataset";
  static override readonly description = "Its span, number of bars, gaps, time zone, hash and where it came from.";
  static override readonly examples = ["<%= config.bin %> data show goog"];
  static override readonly args = { name: Args.string({ required: true, description: "dataset" }) };

  async run() {
    const { args } = await this.parse(DataShow);
    const info = await findDataset(args.name, openWorkbench().bars);
    for (const line of datasetCard(info)) this.log(line);
    return info;
  }
}
