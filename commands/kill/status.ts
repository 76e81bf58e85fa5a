import { type KillStatus, readKillStatus } from "../../src/actions/kill/read-kill-status.ts";
import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { killStatusThere } from "../../src/cli/elsewhere/kill.ts";
import { withKillSwitch } from "../../src/cli/open-kill-switch.ts";
import { killStatusLines } from "../../src/cli/present/kill-status.ts";

export default class KillStatusCommand extends TttCommand<KillStatus> {
  static override readonly summary = "Show the trading level, who holds it and which workers obey it";
  static override readonly description =
    "The level of every scope as the authority and each copy hold it, and which workers have confirmed it. Works while the API and the supervisor are down.";
  static override readonly examples = ["<%= config.bin %> kill status", "<%= config.bin %> kill status --json"];

  static override readonly flags = apiFlags;

  async run() {
    const { flags } = await this.parse(KillStatusCommand);
    if (flags.api !== undefined) {
      const status = await killStatusThere(flags);
      for (const line of killStatusLines(status)) this.log(line);
      return status;
    }
    return withKillSwitch("ttt kill status", async ({ ports }) => {
      const status = await readKillStatus(ports);
      for (const line of killStatusLines(status)) this.log(line);
      return status;
    });
  }
}
