import { Args, Flags } from "@oclif/core";
import { type ImportResult, importBars } from "../../src/actions/import-bars.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { readFlags, readOptions } from "../../src/cli/data/read-flags.ts";
import { interruptSignal } from "../../src/cli/interrupt.ts";
import { checkReport, datasetCard } from "../../src/cli/present/dataset.ts";
import { progressOf } from "../../src/cli/present/progress.ts";

export default class DataImport extends TttCommand<ImportResult> {
  static override readonly effect = "mutate";
  static override readonly summary = "Import a CSV or Parquet file into the data store";
  static override readonly description =
    `Header names, separators, compression and time formats are recognised. Bars that are missing, unreadable,
out of order, doubled or impossible stop the import and are named by line, unless --repair is given.`;
  static override readonly examples = [
    "<%= config.bin %> data import GOOG.csv",
    "<%= config.bin %> data import es.csv.gz --name es-1m --timezone America/Chicago --repair",
  ];
  static override readonly args = {
    file: Args.string({ required: true, description: "CSV (also .gz, .zst) or Parquet" }),
  };
  static override readonly flags = {
    name: Flags.string({ description: "name in the store; that of the file when left out" }),
    repair: Flags.boolean({ description: "sort, drop duplicates, fill single missing prices, widen impossible bars" }),
    ...readFlags,
  };

  async run() {
    const { args, flags } = await this.parse(DataImport);
    const workbench = openWorkbench();
    const progress = progressOf("import", "bytes", workbench.clock, this.jsonEnabled());
    const result = await importBars(
      {
        path: args.file,
        repair: flags.repair,
        ...(flags.name !== undefined && { name: flags.name }),
        ...readOptions(flags),
        onProgress: progress.update,
        signal: interruptSignal(),
      },
      workbench,
    ).finally(progress.end);
    for (const line of datasetCard(result.dataset)) this.log(line);
    for (const line of checkReport(result.file.report)) this.log(line);
    if (result.repair) this.log(`Repaired: ${JSON.stringify(result.repair)}`);
    return result;
  }
}
