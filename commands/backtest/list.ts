import { Flags } from "@oclif/core";
import type { RunRecord } from "../../src/backtest/run-record.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { runTable } from "../../src/cli/present/runs.ts";

export default class BacktestList extends TttCommand<RunRecord[]> {
  static override readonly summary = "List the backtests kept on this machine, newest first";
  static override readonly description =
    "Runs, sweeps and studies that `--keep` left in the state directory, with their ids for show, compare, report and export.";
  static override readonly examples = ["<%= config.bin %> backtest list --kind sweep"];
  static override readonly flags = {
    kind: Flags.option({ options: ["run", "sweep", "walk-forward", "monte-carlo"] as const })({
      description: "only these",
    }),
    limit: Flags.integer({ default: 50, min: 1, description: "at most so many" }),
  };

  async run() {
    const { flags } = await this.parse(BacktestList);
    const all = (await openWorkbench().runs.list(flags.kind)).slice(0, flags.limit);
    for (const line of runTable(all)) this.log(line);
    return all;
  }
}
