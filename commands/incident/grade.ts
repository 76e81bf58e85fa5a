import { Flags } from "@oclif/core";
import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { type ChangedIncident, changeFrom } from "../../src/cli/change-incident.ts";
import { incidentArg } from "../../src/cli/incident-arg.ts";
import { SEVERITIES } from "../../src/ops/incident/incident.ts";

export default class IncidentGrade extends TttCommand<ChangedIncident> {
  static override readonly summary = "Change how bad an incident is";
  static override readonly description =
    "Whoever hears only of worse ones, and now has to, is told. sev1: money, or the ability to stop trading, is at risk. sev2: a service is gone. sev3: degraded. sev4: to look at.";
  static override readonly examples = [
    "<%= config.bin %> incident grade --severity sev1 --reason 'positions are wrong'",
    "<%= config.bin %> incident grade 7k2fq -s sev3 -r 'one dashboard only' --json",
  ];
  static override readonly effect = "mutate";
  static override readonly args = incidentArg;
  static override readonly flags = {
    ...apiFlags,
    severity: Flags.option({ char: "s", options: SEVERITIES, required: true, description: "how bad it is" })(),
    reason: Flags.string({ char: "r", required: true, description: "why, for the journal" }),
  };

  async run() {
    const { args, flags } = await this.parse(IncidentGrade);
    const { severity, reason } = flags;
    const change = { do: "grade", severity, reason } as const;
    return changeFrom("ttt incident grade", args.incident, change, flags, (line) => this.log(line));
  }
}
