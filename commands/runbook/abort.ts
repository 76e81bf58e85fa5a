import { Args, Flags } from "@oclif/core";
import { readRunbook } from "../../src/actions/runbooks/read-runbook.ts";
import { readStoppedRun } from "../../src/actions/runbooks/read-runs.ts";
import { abortRunbook, type RunResult } from "../../src/actions/runbooks/run-runbook.ts";
import { openRunbookRunner } from "../../src/cli/open-runbooks.ts";
import { RunbookCommand } from "../../src/cli/runbook-command.ts";
import { carryOutFlags } from "../../src/cli/runbook-flags.ts";
import { dryRunFlag } from "../../src/cli/wait-flags.ts";
import { planUndo } from "../../src/ops/runbook-plan.ts";

export default class RunbookAbort extends RunbookCommand<RunResult | { readonly undo: readonly string[] }> {
  static override readonly summary = "End a stopped run for good, and take back what it did";
  static override readonly description =
    "Offers the undo of every step that was begun, the last one first; --yes takes all of them. Steps without an undo stay as they are, and are named.";
  static override readonly examples = [
    "<%= config.bin %> runbook abort",
    "<%= config.bin %> runbook abort 20261123-023105-redis-memory-4f2a --yes",
    "<%= config.bin %> runbook abort --no-undo",
  ];
  static override readonly effect = "dangerous";
  static override readonly args = { run: Args.string({ description: "name of the run; the newest when left out" }) };
  static override readonly flags = {
    ...carryOutFlags,
    ...dryRunFlag,
    undo: Flags.boolean({ default: true, allowNo: true, description: "take back what was done" }),
  };

  async run() {
    const { args, flags } = await this.parse(RunbookAbort);
    const ports = await openRunbookRunner();
    const stopped = await readStoppedRun(ports, args.run);
    const { runbook } = await readRunbook(ports, stopped.runbook);
    if (flags["dry-run"]) {
      const undo = flags.undo ? planUndo(runbook, stopped).map((one) => `${one.step}: ${one.undo.id}`) : [];
      for (const line of undo) this.log(line);
      return { undo };
    }
    const options = { ...this.runOptions(flags, runbook.steps), undo: flags.undo };
    return this.conclude(await abortRunbook(ports, stopped.run, options));
  }
}
