import { Args } from "@oclif/core";
import { type ComparedRun, compareRuns } from "../../src/actions/compare-runs.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { comparison } from "../../src/cli/present/runs.ts";

export default class BacktestCompare extends TttCommand<ComparedRun[]> {
  static override readonly summary = "Compare kept runs side by side";
  static override readonly description =
    "Puts parameters and figures of kept runs side by side, and above them every setting in which they differ: bars,\ncosts, rules, convention, calendar, strategy, engine.";
  static override readonly strict = false;
  static override readonly examples = ["<%= config.bin %> backtest compare 4f1c0a 90bd12"];
  static override readonly args = {
    ids: Args.string({ required: true, description: "ids of two or more runs or sweeps" }),
  };

  async run() {
    const { argv } = await this.parse(BacktestCompare);
    const runs = await compareRuns(argv.map(String), openWorkbench().runs);
    for (const line of comparison(runs)) this.log(line);
    return runs;
  }
}
