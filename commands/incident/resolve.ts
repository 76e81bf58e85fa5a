import { Flags } from "@oclif/core";
import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { type ChangedIncident, changeFrom } from "../../src/cli/change-incident.ts";
import { incidentArg } from "../../src/cli/incident-arg.ts";

export default class IncidentResolve extends TttCommand<ChangedIncident> {
  static override readonly summary = "End an incident: its cause is mended, and everything runs as it should";
  static override readonly description =
    "Whoever was told that it began is told that it is over. Then write the post-mortem: ttt incident postmortem.";
  static override readonly examples = [
    "<%= config.bin %> incident resolve --how 'the feed handler skips the duplicate'",
    "<%= config.bin %> incident resolve 7k2fq --how 'password rotated' --json",
  ];
  static override readonly effect = "mutate";
  static override readonly args = incidentArg;
  static override readonly flags = {
    ...apiFlags,
    how: Flags.string({ char: "m", required: true, description: "what ended it" }),
  };

  async run() {
    const { args, flags } = await this.parse(IncidentResolve);
    return changeFrom("ttt incident resolve", args.incident, { do: "resolve", how: flags.how }, flags, (line) =>
      this.log(line),
    );
  }
}
