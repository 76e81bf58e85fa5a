import { readStatus } from "../src/actions/read-status.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { openStack } from "../src/cli/open-stack.ts";
import { servicesTable } from "../src/cli/present/services.ts";
import { EXIT_CODES } from "../src/core/exit-codes.ts";
import { judgeStack, type StackSnapshot } from "../src/ops/stack-feed.ts";

export default class Status extends TttCommand<StackSnapshot> {
  static override readonly summary = "Show every service and how it stands";
  static override readonly description =
    "Ends with 0 when everything that should run is ready or on its way, 20 when something is failed, hung, degraded or quarantined, 13 when nothing runs. When the supervisor was killed but its services go on, this starts a new one that takes them over.";
  static override readonly examples = ["<%= config.bin %> status", "<%= config.bin %> status --json"];

  async run() {
    await this.parse(Status);
    const { stack, clock } = await openStack();
    const snapshot = await readStatus(stack);
    for (const line of servicesTable(snapshot.instances, clock.now())) this.log(line);
    if (judgeStack(snapshot.instances).kind === "unhealthy") this.exitWith(EXIT_CODES.unhealthy.code);
    return snapshot;
  }
}
