import { Args, Flags } from "@oclif/core";
import { planRunbook, type RunResult, runRunbook } from "../../src/actions/runbooks/run-runbook.ts";
import { openRunbookRunner } from "../../src/cli/open-runbooks.ts";
import { planLines } from "../../src/cli/present/runbook.ts";
import { RunbookCommand } from "../../src/cli/runbook-command.ts";
import { assignments, carryOutFlags } from "../../src/cli/runbook-flags.ts";
import { dryRunFlag } from "../../src/cli/wait-flags.ts";
import type { Step } from "../../src/ops/runbook.ts";

export default class RunbookRun extends RunbookCommand<RunResult | { readonly steps: readonly Step[] }> {
  static override readonly summary = "Run a runbook, step by step or by itself";
  static override readonly description =
    `Asks before each step; --yes runs them all. Every step is written down before and after it, on disk and in the journal, so a run that stopped - also by kill -9 - goes on with runbook resume. Only one run at a time works on a target.

With --json every event is one JSON object a line. Ends with 21 when a step failed, 130 when it was stopped, 17 when another run works on the target.`;
  static override readonly examples = [
    "<%= config.bin %> runbook run redis-memory --dry-run",
    "<%= config.bin %> runbook run scale-workers --set workers=3 --yes",
    "<%= config.bin %> runbook run api-500s --section 3",
  ];
  static override readonly effect = "dangerous";
  static override readonly args = { runbook: Args.string({ required: true, description: "its name" }) };
  static override readonly flags = {
    ...carryOutFlags,
    ...dryRunFlag,
    set: Flags.string({ multiple: true, helpValue: "NAME=VALUE", description: "a parameter of the runbook" }),
    section: Flags.string({ multiple: true, description: "only this section, such as 2 or 2.3" }),
    from: Flags.string({ description: "from this section or step on" }),
  };

  async run() {
    const { args, flags } = await this.parse(RunbookRun);
    const ports = await openRunbookRunner();
    const request = {
      ...{ runbook: args.runbook, params: assignments(flags.set) },
      ...{ sections: flags.section ?? [], from: flags.from },
    };
    const { steps } = await planRunbook(ports, request);
    if (flags["dry-run"]) {
      for (const line of planLines(steps)) this.log(line);
      return { steps };
    }
    const options = this.runOptions(flags, steps);
    return this.conclude(await runRunbook(ports, request, options));
  }
}
