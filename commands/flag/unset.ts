import { Args, Flags } from "@oclif/core";
import { type FlagView, unsetFlag } from "../../src/actions/flags/change-flag.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { withFlags } from "../../src/cli/open-flags.ts";
import { flagLine } from "../../src/cli/present/flag.ts";

export default class FlagUnset extends TttCommand<FlagView> {
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
    reason: Flags.string({ char: "r", required: true, description: "why, for the journal" }),
  };

  async run() {
    const { args, flags } = await this.parse(FlagUnset);
    return withFlags("ttt flag unset", async ({ ports, command }) => {
      const view = await unsetFlag(ports, { name: args.flag, reason: flags.reason }, command);
      this.log(flagLine(view));
      return view;
    });
  }
}
