import { Args } from "@oclif/core";
import { readRunbook } from "../../src/actions/runbooks/read-runbook.ts";
import { readStoppedRun } from "../../src/actions/runbooks/read-runs.ts";
import { type RunResult, resumeRunbook } from "../../src/actions/runbooks/run-runbook.ts";
import { openRunbookRunner } from "../../src/cli/open-runbooks.ts";
import { RunbookCommand } from "../../src/cli/runbook-command.ts";
import { carryOutFlags } from "../../src/cli/runbook-flags.ts";

export default class RunbookResume extends RunbookCommand<RunResult> {
  static override readonly summary = "Go on with a run at the step that stopped it";
  static override readonly description =
    "Looks first whether what was done still holds, by the checks that the steps name, and does again what does not. Works after a failed step, a stop, a crash and kill -9. Without a name it takes the newest run that can go on.";
  static override readonly examples = [
    "<%= config.bin %> runbook resume",
    "<%= config.bin %> runbook resume 20261123-023105-startup-4f2a --yes",
  ];
  static override readonly effect = "dangerous";
  static override readonly args = { run: Args.string({ description: "name of the run; the newest when left out" }) };
  static override readonly flags = carryOutFlags;

  async run() {
    const { args, flags } = await this.parse(RunbookResume);
    const ports = await openRunbookRunner();
    const stopped = await readStoppedRun(ports, args.run);
    const { steps } = (await readRunbook(ports, stopped.runbook)).runbook;
    const options = this.runOptions(flags, steps);
    return this.conclude(await resumeRunbook(ports, stopped.run, options));
  }
}
