import { Args, Flags } from "@oclif/core";
import { type FlagView, unsetFlag } from "../../src/actions/flags/change-flag.ts";
import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { unsetFlagThere } from "../../src/cli/elsewhere/flags.ts";
import { withFlags } from "../../src/cli/open-flags.ts";
import { flagLines } from "../../src/cli/present/flag.ts";
import { dryRunFlag } from "../../src/cli/wait-flags.ts";

export default class FlagUnset extends TttCommand<FlagView & { readonly dryRun: boolean }> {
  static override readonly summary = "Let a flag's default hold again, on record";
  static override readonly description = "The daemons that read it follow at once.";
  static override readonly examples = [
    "<%= config.bin %> flag unset backtest.admission --reason 'trading has its processors back'",
    "<%= config.bin %> flag unset api.read-only --reason mended --json",
  ];
  static override readonly effect = "mutate";
  static override readonly args = {
    flag: Args.string({ required: true, description: "its name, from ttt flag list" }),
  };
  static override readonly flags = {
    ...apiFlags,
    reason: Flags.string({ char: "r", required: true, description: "why, for the journal" }),
    ...dryRunFlag,
  };

  async run() {
    const { args, flags } = await this.parse(FlagUnset);
    const wish = { name: args.flag, reason: flags.reason };
    const { "dry-run": dryRun } = flags;
    const view =
      flags.api === undefined
        ? await withFlags("ttt flag unset", dryRun, ({ ports, command }) => unsetFlag(ports, wish, command))
        : await unsetFlagThere(flags, wish, dryRun);
    for (const line of flagLines(view, dryRun)) this.log(line);
    return { ...view, dryRun };
  }
}
