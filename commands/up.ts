import { bringUp } from "../src/actions/bring-up.ts";
import { planUp } from "../src/actions/plan-up.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { openStack } from "../src/cli/open-stack.ts";
import { warnOfReadableSecrets } from "../src/cli/present/readable-secrets.ts";
import { servicesTable } from "../src/cli/present/services.ts";
import { reportChanges, reportReplaced } from "../src/cli/progress.ts";
import { dryRunFlag, waitFlags } from "../src/cli/wait-flags.ts";
import type { StackSnapshot } from "../src/ops/stack-feed.ts";

export default class Up extends TttCommand<StackSnapshot | { readonly steps: readonly string[] }> {
  static override readonly summary = "Bring the stack up";
  static override readonly description =
    `Starts the supervisor, and through it every service in the order of their needs. It goes on when the terminal closes.
On a stack that runs already, it starts what stands still; a supervisor that does not answer is replaced, and what runs is taken over. Without DATABASE_URL, REDIS_URL and AMQP_URL the stack brings its own PostgreSQL.`;
  static override readonly examples = [
    "<%= config.bin %> up",
    "<%= config.bin %> up --no-wait",
    "<%= config.bin %> up --dry-run",
    "TTT_HOME=/tmp/second <%= config.bin %> up --timeout 30 --json",
  ];
  static override readonly effect = "mutate";
  static override readonly flags = { ...waitFlags, ...dryRunFlag };

  async run() {
    const { flags } = await this.parse(Up);
    const { stack, clock, shape } = await openStack();
    await warnOfReadableSecrets();
    if (flags["dry-run"]) {
      const plan = await planUp(stack, shape);
      for (const step of plan.steps) this.log(step);
      return plan;
    }
    const snapshot = await bringUp(stack, {
      clock,
      wait: flags.wait,
      timeoutMs: flags.timeout * 1000,
      onChange: reportChanges(this.jsonEnabled()),
      onReplaced: reportReplaced(this.jsonEnabled()),
    });
    for (const line of servicesTable(snapshot.instances, clock.now())) this.log(line);
    return snapshot;
  }
}
