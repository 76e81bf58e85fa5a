import { Args, Flags } from "@oclif/core";
import { type ExportedBars, exportBars } from "../../src/actions/export-bars.ts";
import { timeOf } from "../../src/cli/backtest/run-flags.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";

export default class DataExport extends TttCommand<ExportedBars> {
  static override readonly summary = "Write a dataset as CSV or Parquet";
  static override readonly description =
    "The format follows the file's ending. What is written can be imported again and gives the same bars.";
  static override readonly examples = [
    "<%= config.bin %> data export goog goog.csv.gz",
    "<%= config.bin %> data export btc-1m btc.parquet --from 2024-01-01",
  ];
  static override readonly args = {
    data: Args.string({ required: true, description: "dataset or file" }),
    file: Args.string({ required: true, description: ".csv, .csv.gz or .parquet" }),
  };
  static override readonly flags = {
    from: Flags.string({ helpValue: "TIME", description: "first time, ISO 8601 in UTC" }),
    to: Flags.string({ helpValue: "TIME", description: "end, not included" }),
  };

  async run() {
    const { args, flags } = await this.parse(DataExport);
    const range = {
      ...(flags.from !== undefined && { from: timeOf("from", flags.from) }),
      ...(flags.to !== undefined && { to: timeOf("to", flags.to) }),
    };
    const result = await exportBars({ ref: args.data, path: args.file, ...range }, openWorkbench());
    this.log(`Wrote ${result.rows} bars to ${result.path}.`);
    return result;
  }
}
