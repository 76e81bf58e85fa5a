import { Flags } from "@oclif/core";
import type { RunRecord } from "../../src/backtest/run-record.ts";
import { remoteFlags, remoteOf } from "../../src/cli/api-flags.ts";
import type { BacktestJob } from "../../src/cli/backtest/jobs-there.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { runTable } from "../../src/cli/present/runs.ts";

export default class BacktestList extends TttCommand<readonly RunRecord[] | readonly BacktestJob[]> {
  static override readonly summary = "List the backtests kept on this machine, or those of a stack, newest first";
  static override readonly description =
    "Runs, sweeps and studies that `--keep` left in the state directory, with their ids for show, compare, report and export. With --remote or --api the backtests that the stack was given, as jobs.";
  static override readonly examples = [
    "<%= config.bin %> backtest list --kind sweep",
    "<%= config.bin %> backtest list --remote",
  ];
  static override readonly flags = {
    kind: Flags.option({ options: ["run", "sweep", "walk-forward", "monte-carlo"] as const })({
      description: "only these",
    }),
    ...remoteFlags("kind"),
    limit: Flags.integer({ default: 50, min: 1, max: 1_000, description: "at most so many" }),
  };

  async run() {
    const { flags } = await this.parse(BacktestList);
    const remote = remoteOf(flags);
    if (remote) {
      const { listThere } = await import("../../src/cli/backtest/jobs-there.ts");
      const { jobs, lines } = await listThere(remote, flags.limit);
      for (const line of lines) this.log(line);
      return jobs;
    }
    const all = (await openWorkbench().runs.list(flags.kind)).slice(0, flags.limit);
    for (const line of runTable(all)) this.log(line);
    return all;
  }
}
