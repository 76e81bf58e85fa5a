import type { DatasetInfo } from "../../src/backtest/data/dataset.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { datasetTable } from "../../src/cli/present/dataset.ts";

export default class DataList extends TttCommand<DatasetInfo[]> {
  static override readonly summary = "List the datasets of the data store";
  static override readonly description = "Datasets are named by symbol, interval and source. Synthetic ones say so.";
  static override readonly examples = ["<%= config.bin %> data list"];

  async run() {
    await this.parse(DataList);
    const all = await openWorkbench().bars.list();
    for (const line of datasetTable(all)) this.log(line);
    return all;
  }
}
