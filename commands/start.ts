import { Args } from "@oclif/core";
import { changeServices, planChange } from "../src/actions/change-services.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { openStack } from "../src/cli/open-stack.ts";
import { servicesTable } from "../src/cli/present/services.ts";
import { reportChanges } from "../src/cli/progress.ts";
import { dryRunFlag, waitFlags } from "../src/cli/wait-flags.ts";
import type { InstanceView } from "../src/ops/instance.ts";

export default class Start extends TttCommand<
  { readonly instances: readonly InstanceView[] } | { readonly steps: readonly string[] }
> {
  static override readonly summary = "Start services that stand still";
  static override readonly description =
    "Starts what was stopped by hand, has failed or is in quarantine, with a clean record. A restarted worker never re-enables trading by itself.";
  static override readonly examples = ["<%= config.bin %> start worker", "<%= config.bin %> start worker-1 api --json"];
  static override readonly strict = false;
  static override readonly effect = "mutate";
  static override readonly args = { service: Args.string({ required: true, description: "services or instances" }) };
  static override readonly flags = { ...waitFlags, ...dryRunFlag };

  async run() {
    const { flags, argv } = await this.parse(Start);
    const names = argv.map(String);
    const { stack, clock } = await openStack();
    if (flags["dry-run"]) {
      const { steps } = await planChange(stack, "start", names);
      for (const step of steps) this.log(step);
      return { steps };
    }
    const onChange = reportChanges(this.jsonEnabled());
    const options = { clock, wait: flags.wait, timeoutMs: flags.timeout * 1000, onChange };
    const instances = await changeServices(stack, "start", names, options);
    for (const line of servicesTable(instances, clock.now())) this.log(line);
    return { instances };
  }
}
