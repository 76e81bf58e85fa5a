import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { type ChangedIncident, changeFrom } from "../../src/cli/change-incident.ts";
import { incidentArg } from "../../src/cli/incident-arg.ts";

export default class IncidentAck extends TttCommand<ChangedIncident> {
  static override readonly summary = "Take an incident: whoever acknowledges leads it until somebody else is assigned";
  static override readonly description =
    "Nobody is escalated to any more. Acknowledging twice changes nothing; the first one counts.";
  static override readonly examples = ["<%= config.bin %> incident ack", "<%= config.bin %> incident ack 7k2fq --json"];
  static override readonly effect = "mutate";
  static override readonly args = incidentArg;
  static override readonly flags = apiFlags;

  async run() {
    const { args, flags } = await this.parse(IncidentAck);
    return changeFrom("ttt incident ack", args.incident, { do: "acknowledge" }, flags, (line) => this.log(line));
  }
}
