import { Args } from "@oclif/core";
import { planReload, reloadServices } from "../src/actions/reload-services.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { openStack } from "../src/cli/open-stack.ts";
import { servicesTable } from "../src/cli/present/services.ts";
import { dryRunFlag, timeoutFlag } from "../src/cli/wait-flags.ts";
import type { InstanceView } from "../src/ops/instance.ts";

export default class Reload extends TttCommand<
  { readonly instances: readonly InstanceView[] } | { readonly steps: readonly string[] }
> {
  static override readonly summary = "Replace services by the installed build without a gap";
  static override readonly description =
    "One instance at a time: a second process starts beside the first, and the first goes only when the second has been ready for a while and reports the expected build. A build that does not come up changes nothing, loses no request, and ends with exit 20.";
  static override readonly examples = [
    "<%= config.bin %> reload worker",
    "<%= config.bin %> reload worker-1 api --json",
  ];
  static override readonly strict = false;
  static override readonly effect = "mutate";
  static override readonly args = { service: Args.string({ required: true, description: "services or instances" }) };
  static override readonly flags = { ...timeoutFlag, ...dryRunFlag };

  async run() {
    const { flags, argv } = await this.parse(Reload);
    const names = argv.map(String);
    const { stack, clock } = await openStack();
    if (flags["dry-run"]) {
      const { steps } = await planReload(stack, names);
      for (const step of steps) this.log(step);
      return { steps };
    }
    const instances = await reloadServices(stack, names, { timeoutMs: flags.timeout * 1000 });
    for (const line of servicesTable(instances, clock.now())) this.log(line);
    return { instances };
  }
}
