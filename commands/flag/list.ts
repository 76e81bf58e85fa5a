import { type FlagView, listFlags } from "../../src/actions/flags/change-flag.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { withFlags } from "../../src/cli/open-flags.ts";
import { flagTable } from "../../src/cli/present/flag.ts";

export default class FlagList extends TttCommand<readonly FlagView[]> {
  static override readonly summary = "List every flag, its value and what it does";
  static override readonly description =
    "Flags are levers for an incident, read live by the daemons. To stop trading use ttt kill: no flag does that.";
  static override readonly examples = ["<%= config.bin %> flag list", "<%= config.bin %> flag list --json"];

  async run() {
    await this.parse(FlagList);
    return withFlags("ttt flag list", async ({ ports }) => {
      const flags = await listFlags(ports);
      for (const line of flagTable(flags)) this.log(line);
      return flags;
    });
  }
}
