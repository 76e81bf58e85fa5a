import { type FlagView, listFlags } from "../../src/actions/flags/change-flag.ts";
import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { flagsThere } from "../../src/cli/elsewhere/flags.ts";
import { withFlags } from "../../src/cli/open-flags.ts";
import { flagTable } from "../../src/cli/present/flag.ts";

export default class FlagList extends TttCommand<readonly FlagView[]> {
  static override readonly summary = "List every flag, its value and what it does";
  static override readonly description =
    "Flags are levers for an incident, read live by the daemons. To stop trading use ttt kill: no flag does that.";
  static override readonly examples = ["<%= config.bin %> flag list", "<%= config.bin %> flag list --json"];

  static override readonly flags = apiFlags;

  async run() {
    const { flags } = await this.parse(FlagList);
    const found =
      flags.api === undefined
        ? await withFlags("ttt flag list", true, ({ ports }) => listFlags(ports))
        : await flagsThere(flags);
    for (const line of flagTable(found)) this.log(line);
    return found;
  }
}
