import { Args, Flags } from "@oclif/core";
import { type FlagView, setFlag } from "../../src/actions/flags/change-flag.ts";
import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { durationFlag } from "../../src/cli/duration-flag.ts";
import { setFlagThere } from "../../src/cli/elsewhere/flags.ts";
import { withFlags } from "../../src/cli/open-flags.ts";
import { flagLines } from "../../src/cli/present/flag.ts";
import { dryRunFlag } from "../../src/cli/wait-flags.ts";

export default class FlagSet extends TttCommand<FlagView & { readonly dryRun: boolean }> {
  static override readonly summary = "Set a flag, on record";
  static override readonly description =
    "The daemons that read it follow at once, without a restart. With --for it runs out by itself, which is what a mitigation should do. Flags that do not exist are refused.";
  static override readonly examples = [
    "<%= config.bin %> flag set backtest.admission off --for 1h --reason 'processors are short'",
    "<%= config.bin %> flag set backtest.admission off --reason 'is it read?' --dry-run",
    "<%= config.bin %> flag set api.read-only on --reason 'wrong writes from a client' --json",
  ];
  static override readonly effect = "mutate";
  static override readonly args = {
    flag: Args.string({ required: true, description: "its name, from ttt flag list" }),
    value: Args.string({ required: true, description: "on, off, or a number" }),
  };
  static override readonly flags = {
    reason: Flags.string({ char: "r", required: true, description: "why, for the journal" }),
    ...apiFlags,
    for: durationFlag({ description: "how long it holds; until it is unset when left out" }),
    ...dryRunFlag,
  };

  async run() {
    const { args, flags } = await this.parse(FlagSet);
    const lasts = flags.for === undefined ? {} : { lastsMs: flags.for };
    const wish = { name: args.flag, value: args.value, reason: flags.reason, ...lasts };
    const { "dry-run": dryRun } = flags;
    const view =
      flags.api === undefined
        ? await withFlags("ttt flag set", dryRun, ({ ports, command }) => setFlag(ports, wish, command))
        : await setFlagThere(flags, wish, dryRun);
    for (const line of flagLines(view, dryRun)) this.log(line);
    return { ...view, dryRun };
  }
}
