import { Flags } from "@oclif/core";
import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { type ChangedIncident, changeFrom } from "../../src/cli/change-incident.ts";
import { incidentArg } from "../../src/cli/incident-arg.ts";
import { INCIDENT_ROLES } from "../../src/ops/incident/incident.ts";

export default class IncidentAssign extends TttCommand<ChangedIncident> {
  static override readonly summary = "Give somebody a role in an incident, or hand a role over";
  static override readonly description =
    "The commander leads; communications speaks to the outside; operations works on the systems; trading looks after positions and orders. A hand-over is on record with who had the role before.";
  static override readonly examples = [
    "<%= config.bin %> incident assign --role commander --to ann",
    "<%= config.bin %> incident assign 7k2fq --role trading --to bob --json",
  ];
  static override readonly effect = "mutate";
  static override readonly args = incidentArg;
  static override readonly flags = {
    ...apiFlags,
    role: Flags.option({ char: "r", options: INCIDENT_ROLES, required: true, description: "which role" })(),
    to: Flags.string({ char: "t", required: true, description: "who takes it" }),
  };

  async run() {
    const { args, flags } = await this.parse(IncidentAssign);
    const { role, to } = flags;
    return changeFrom("ttt incident assign", args.incident, { do: "assign", role, to }, flags, (line) =>
      this.log(line),
    );
  }
}
