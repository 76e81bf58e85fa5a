import { Args, Flags } from "@oclif/core";
import { type ExportedRun, exportRun } from "../../src/actions/export-run.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";

export default class BacktestExport extends TttCommand<ExportedRun> {
  static override readonly summary = "Write trades, equity or trials of a kept run as CSV, JSON or Parquet";
  static override readonly description =
    "The ending of the file decides the format. The file appears whole or not at all, and numbers keep every digit.";
  static override readonly examples = [
    "<%= config.bin %> backtest export 4f1c0a trades.csv",
    "<%= config.bin %> backtest export 4f1c0a equity.parquet --part equity",
  ];
  static override readonly args = {
    id: Args.string({ required: true, description: "id of the run, or its beginning" }),
    file: Args.string({ required: true, description: ".csv, .json or .parquet" }),
  };
  static override readonly flags = {
    part: Flags.option({ options: ["trades", "equity", "trials"] as const })({
      description: "trades of a run, trials of a sweep when left out; the whole report for .json",
    }),
  };

  async run() {
    const { args, flags } = await this.parse(BacktestExport);
    const { part } = flags;
    const written = await exportRun({ id: args.id, path: args.file, ...(part && { part }) }, openWorkbench());
    this.log(`Wrote ${written.part} of ${written.id} to ${written.path}.`);
    return written;
  }
}
