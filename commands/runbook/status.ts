import { Args, Flags } from "@oclif/core";
import { readRun, readRuns } from "../../src/actions/runbooks/read-runs.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { openRunbookShelf } from "../../src/cli/open-runbooks.ts";
import { runLines, runTable } from "../../src/cli/present/runbook.ts";
import type { RunView } from "../../src/ops/runbook-run.ts";

export default class RunbookStatus extends TttCommand<RunView | { readonly runs: readonly RunView[] }> {
  static override readonly summary = "Show how a run stands, step by step, or all runs";
  static override readonly description =
    "Without a name it shows the newest run. A run that nobody carries out any more is called interrupted: runbook resume goes on with it.";
  static override readonly examples = [
    "<%= config.bin %> runbook status",
    "<%= config.bin %> runbook status --all --runbook startup",
  ];
  static override readonly args = { run: Args.string({ description: "name of the run; the newest when left out" }) };
  static override readonly flags = {
    all: Flags.boolean({ char: "a", description: "list the runs instead" }),
    runbook: Flags.string({ description: "with --all: only runs of this one" }),
    limit: Flags.integer({ char: "n", default: 20, min: 1, max: 1_000, description: "with --all: how many" }),
  };

  async run() {
    const { args, flags } = await this.parse(RunbookStatus);
    const { reading, clock } = openRunbookShelf();
    if (!flags.all) {
      const view = await readRun(reading, args.run);
      for (const line of runLines(view)) this.log(line);
      return view;
    }
    const runs = await readRuns(reading, { runbook: flags.runbook, limit: flags.limit });
    for (const line of runTable(runs, clock.now())) this.log(line);
    return { runs };
  }
}
