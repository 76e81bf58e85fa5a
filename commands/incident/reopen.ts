import { Flags } from "@oclif/core";
import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { type ChangedIncident, changeFrom } from "../../src/cli/change-incident.ts";
import { incidentArg } from "../../src/cli/incident-arg.ts";

export default class IncidentReopen extends TttCommand<ChangedIncident> {
  static override readonly summary = "Say that an incident was not mitigated after all";
  static override readonly description =
    "The time to mitigate runs on. A resolved incident stays resolved: open a new one.";
  static override readonly examples = [
    "<%= config.bin %> incident reopen --why 'it is back'",
    "<%= config.bin %> incident reopen 7k2fq --why 'the orders were still there' --json",
  ];
  static override readonly effect = "mutate";
  static override readonly args = incidentArg;
  static override readonly flags = {
    ...apiFlags,
    why: Flags.string({ char: "m", required: true, description: "what shows it" }),
  };

  async run() {
    const { args, flags } = await this.parse(IncidentReopen);
    return changeFrom("ttt incident reopen", args.incident, { do: "reopen", why: flags.why }, flags, (line) =>
      this.log(line),
    );
  }
}
