import { Args } from "@oclif/core";
import { checkData } from "../../src/actions/check-bars.ts";
import type { BarReport } from "../../src/backtest/data/check-bars.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { readFlags, readOptions } from "../../src/cli/data/read-flags.ts";
import { checkReport } from "../../src/cli/present/dataset.ts";
import { EXIT_CODES } from "../../src/core/exit-codes.ts";

export default class DataCheck extends TttCommand<BarReport> {
  static override readonly summary = "Report errors, gaps and outliers of a dataset or file";
  static override readonly description =
    "Ends with exit code 11 when there are errors; gaps and outliers are only remarked.";
  static override readonly examples = [
    "<%= config.bin %> data check goog",
    "<%= config.bin %> data check GOOG.csv --json",
  ];
  static override readonly args = { data: Args.string({ required: true, description: "dataset or file" }) };
  static override readonly flags = readFlags;

  async run() {
    const { args, flags } = await this.parse(DataCheck);
    const report = await checkData(args.data, openWorkbench(), readOptions(flags));
    for (const line of checkReport(report)) this.log(line);
    if (report.errors > 0) this.exitWith(EXIT_CODES.badData.code);
    return report;
  }
}
