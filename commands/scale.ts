import { Args } from "@oclif/core";
import { planScale, scaleServices } from "../src/actions/scale-services.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { openStack } from "../src/cli/open-stack.ts";
import { servicesTable } from "../src/cli/present/services.ts";
import { reportChanges } from "../src/cli/progress.ts";
import { dryRunFlag, waitFlags } from "../src/cli/wait-flags.ts";
import type { StackSnapshot } from "../src/ops/stack-feed.ts";

export default class Scale extends TttCommand<StackSnapshot | { readonly steps: readonly string[] }> {
  static override readonly summary = "Change how many workers or backtesters run";
  static override readonly description =
    "New instances start at once. Instances that go are asked to end in good order: a worker hands its partitions over first.";
  static override readonly examples = [
    "<%= config.bin %> scale worker=3",
    "<%= config.bin %> scale worker=2 backtester=4",
  ];
  static override readonly strict = false;
  static override readonly effect = "mutate";
  static override readonly args = {
    count: Args.string({ required: true, description: "SERVICE=COUNT, several allowed" }),
  };
  static override readonly flags = { ...waitFlags, ...dryRunFlag };

  async run() {
    const { flags, argv } = await this.parse(Scale);
    const { stack, clock } = await openStack();
    const texts = argv.map(String);
    if (flags["dry-run"]) {
      const plan = await planScale(stack, texts);
      for (const step of plan.steps) this.log(step);
      return plan;
    }
    const onChange = reportChanges(this.jsonEnabled());
    const snapshot = await scaleServices(stack, texts, {
      clock,
      wait: flags.wait,
      timeoutMs: flags.timeout * 1000,
      onChange,
    });
    for (const line of servicesTable(snapshot.instances, clock.now())) this.log(line);
    return snapshot;
  }
}
