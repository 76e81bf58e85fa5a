import { type IncidentReading, readIncident } from "../../src/actions/incidents/read-incident.ts";
import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { incidentThere } from "../../src/cli/elsewhere/incidents.ts";
import { incidentArg } from "../../src/cli/incident-arg.ts";
import { withIncidents } from "../../src/cli/open-incidents.ts";
import { incidentLines } from "../../src/cli/present/incident.ts";

export default class IncidentShow extends TttCommand<IncidentReading> {
  static override readonly summary = "Show an incident with its times and its timeline";
  static override readonly description =
    "The timeline is the journal itself: operators' commands, changes of services, kills, reloads, flags, limits, alerts and what was done about the incident, from a quarter of an hour before it began. Nobody has to write it.";
  static override readonly examples = [
    "<%= config.bin %> incident show",
    "<%= config.bin %> incident show inc-20261123-7k2fq --json",
  ];
  static override readonly args = incidentArg;
  static override readonly flags = apiFlags;

  async run() {
    const { args, flags } = await this.parse(IncidentShow);
    const reading =
      flags.api === undefined
        ? await withIncidents("ttt incident show", async ({ open }) => readIncident(await open(), args.incident))
        : await incidentThere(flags, args.incident);
    for (const line of incidentLines(reading)) this.log(line);
    return reading;
  }
}
