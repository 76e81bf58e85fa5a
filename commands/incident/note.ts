import { Flags } from "@oclif/core";
import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { type ChangedIncident, changeFrom } from "../../src/cli/change-incident.ts";
import { incidentArg } from "../../src/cli/incident-arg.ts";

export default class IncidentNote extends TttCommand<ChangedIncident> {
  static override readonly summary = "Write down what only a person knows: an observation, a decision and its reason";
  static override readonly description =
    "What the systems did is in the timeline already. While the database is away a note needs the whole id, and is kept on this host's disk.";
  static override readonly examples = [
    "<%= config.bin %> incident note --text 'the venue confirms a failover at 09:30'",
    "<%= config.bin %> incident note inc-20261123-7k2fq --text 'we wait for the auction' --json",
  ];
  static override readonly effect = "mutate";
  static override readonly args = incidentArg;
  static override readonly flags = {
    ...apiFlags,
    text: Flags.string({ char: "m", required: true, description: "the note" }),
  };

  async run() {
    const { args, flags } = await this.parse(IncidentNote);
    return changeFrom("ttt incident note", args.incident, { do: "note", text: flags.text }, flags, (line) =>
      this.log(line),
    );
  }
}
