import { bringDown, type DownReport } from "../src/actions/bring-down.ts";
import { planDown } from "../src/actions/plan-down.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { openRunningStack } from "../src/cli/open-stack.ts";
import { reportChanges, reportReplaced } from "../src/cli/progress.ts";
import { dryRunFlag, waitFlags } from "../src/cli/wait-flags.ts";

export default class Down extends TttCommand<DownReport | { readonly steps: readonly string[] }> {
  static override readonly summary = "Bring the stack down, and prove that nothing is left";
  static override readonly description =
    "Ends every service, those first that others do not need, and the supervisor last. Afterwards the machine is searched: a process, socket or lock that is left makes the command fail. With --no-wait it only asks them to end, and proves nothing. Works also when the supervisor was killed or does not answer.";
  static override readonly examples = ["<%= config.bin %> down", "<%= config.bin %> down --timeout 120 --json"];
  static override readonly effect = "mutate";
  static override readonly flags = { ...waitFlags, ...dryRunFlag };

  async run() {
    const { flags } = await this.parse(Down);
    const { stack, clock } = await openRunningStack();
    if (flags["dry-run"]) {
      const plan = await planDown(stack);
      for (const step of plan.steps) this.log(step);
      return plan;
    }
    const onChange = reportChanges(this.jsonEnabled());
    const onReplaced = reportReplaced(this.jsonEnabled());
    const { wait } = flags;
    const report = await bringDown(stack, { clock, wait, timeoutMs: flags.timeout * 1000, onChange, onReplaced });
    const { stopped, ending } = report;
    if (ending.length > 0) this.log(`Ending: ${ending.join(", ")}. Nothing is proved yet: ttt down`);
    else this.log(stopped.length === 0 ? "Nothing was running." : `Down: ${stopped.join(", ")}. Nothing is left.`);
    return report;
  }
}
