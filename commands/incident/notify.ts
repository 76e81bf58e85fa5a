import { TttCommand } from "../../src/cli/base-command.ts";
import { sendWaitingHere, withIncidents } from "../../src/cli/open-incidents.ts";

export default class IncidentNotify extends TttCommand<Awaited<ReturnType<typeof sendWaitingHere>>> {
  static override readonly summary = "Send what waits to be told about incidents, where no supervisor runs";
  static override readonly description =
    "The supervisor does this by itself, and escalates when nobody acknowledges. Without one, ttt incident open starts this beside itself. Ends when nothing is due any more, after at most a minute and a half.";
  static override readonly examples = ["<%= config.bin %> incident notify", "<%= config.bin %> incident notify --json"];
  static override readonly effect = "mutate";

  async run() {
    await this.parse(IncidentNotify);
    return withIncidents("ttt incident notify", async (access) => {
      const sent = await sendWaitingHere(access);
      if (sent.database === "away")
        this.log("the database is away: those who are told at once were told from the disk");
      this.log(sent.waiting === 0 ? "nothing waits" : `${sent.waiting} wait`);
      return sent;
    });
  }
}
