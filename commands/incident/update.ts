import { Flags } from "@oclif/core";
import { changeIncident } from "../../src/actions/incidents/change-incident.ts";
import { findIncident } from "../../src/actions/incidents/read-incident.ts";
import { readLiveState } from "../../src/actions/incidents/read-live-state.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { incidentArg } from "../../src/cli/incident-arg.ts";
import { liveSources, notifyBeside, withIncidents } from "../../src/cli/open-incidents.ts";
import { dryRunFlag } from "../../src/cli/wait-flags.ts";
import { AUDIENCES } from "../../src/ops/incident/contact.ts";
import { statusUpdate } from "../../src/ops/incident/status-update.ts";

export default class IncidentUpdate extends TttCommand<{
  readonly incident: string;
  readonly audience: string;
  readonly text: string;
  /** Contacts that get it. */
  readonly contacts: readonly string[];
  readonly sent: boolean;
}> {
  static override readonly summary = "Write a status update from how things stand now, and send it";
  static override readonly description =
    "Level, services, orders, positions and result are asked at this moment; what cannot be asked is said to be unknown. The desk gets all of it, executives what it means, a venue nothing about positions, results or how we are built. It goes to every contact of that audience, and into the timeline.";
  static override readonly examples = [
    "<%= config.bin %> incident update --for desk",
    "<%= config.bin %> incident update 7k2fq --for venue --message 'We stopped sending at 09:31.' --dry-run --json",
  ];
  static override readonly effect = "mutate";
  static override readonly args = incidentArg;
  static override readonly flags = {
    for: Flags.option({ options: AUDIENCES, required: true, description: "who reads it" })(),
    message: Flags.string({ char: "m", default: "", description: "what you add in your own words" }),
    ...dryRunFlag,
  };

  async run() {
    const { args, flags } = await this.parse(IncidentUpdate);
    return withIncidents("ttt incident update", async (access) => {
      const opened = await access.open();
      const incident = await findIncident(opened.incidents, args.incident);
      const live = await readLiveState(liveSources(access, opened));
      const text = statusUpdate(flags.for, incident, live, flags.message);
      const contacts = access.contacts.filter(({ audience }) => audience === flags.for).map(({ name }) => name);
      this.log(text);
      const sent = !flags["dry-run"];
      if (sent) {
        await changeIncident(opened, incident.id, { do: "update", audience: flags.for, text }, access.command);
        await notifyBeside(access.config);
        this.log(contacts.length === 0 ? `\nno contact of ${flags.for} is configured` : `\nto ${contacts.join(", ")}`);
      }
      return { incident: incident.id, audience: flags.for, text, contacts, sent };
    });
  }
}
