import { Flags } from "@oclif/core";
import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { type ChangedIncident, changeFrom } from "../../src/cli/change-incident.ts";
import { incidentArg } from "../../src/cli/incident-arg.ts";

export default class IncidentMitigate extends TttCommand<ChangedIncident> {
  static override readonly summary = "Say that an incident does no more harm, and what stopped it";
  static override readonly description =
    "Stops the clock of the time to mitigate. Its cause may still be there: mitigate first, for instance with ttt kill, ttt flag set, ttt rollback or ttt restart, and mend later.";
  static override readonly examples = [
    "<%= config.bin %> incident mitigate --how 'trading blocked, orders withdrawn'",
    "<%= config.bin %> incident mitigate 7k2fq --how 'rolled back to the release before' --json",
  ];
  static override readonly effect = "mutate";
  static override readonly args = incidentArg;
  static override readonly flags = {
    ...apiFlags,
    how: Flags.string({ char: "m", required: true, description: "what stopped it" }),
  };

  async run() {
    const { args, flags } = await this.parse(IncidentMitigate);
    return changeFrom("ttt incident mitigate", args.incident, { do: "mitigate", how: flags.how }, flags, (line) =>
      this.log(line),
    );
  }
}
