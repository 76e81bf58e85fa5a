import { Args } from "@oclif/core";
import { changeServices, planChange } from "../src/actions/change-services.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { openRunningStack } from "../src/cli/open-stack.ts";
import { servicesTable } from "../src/cli/present/services.ts";
import { reportChanges } from "../src/cli/progress.ts";
import { dryRunFlag, waitFlags } from "../src/cli/wait-flags.ts";
import type { InstanceView } from "../src/ops/instance.ts";

export default class Stop extends TttCommand<
  { readonly instances: readonly InstanceView[] } | { readonly steps: readonly string[] }
> {
  static override readonly summary = "Stop services and keep them stopped";
  static override readonly description =
    "Ends them with SIGTERM, and with SIGKILL when their grace is over. They stay stopped, also after a restart of the supervisor, until ttt start.";
  static override readonly examples = ["<%= config.bin %> stop worker", "<%= config.bin %> stop worker-1 api --json"];
  static override readonly strict = false;
  static override readonly effect = "mutate";
  static override readonly args = { service: Args.string({ required: true, description: "services or instances" }) };
  static override readonly flags = { ...waitFlags, ...dryRunFlag };

  async run() {
    const { flags, argv } = await this.parse(Stop);
    const names = argv.map(String);
    const { stack, clock } = await openRunningStack();
    if (flags["dry-run"]) {
      const { steps } = await planChange(stack, "stop", names);
      for (const step of steps) this.log(step);
      return { steps };
    }
    const onChange = reportChanges(this.jsonEnabled());
    const options = { clock, wait: flags.wait, timeoutMs: flags.timeout * 1000, onChange };
    const instances = await changeServices(stack, "stop", names, options);
    for (const line of servicesTable(instances, clock.now())) this.log(line);
    return { instances };
  }
}
