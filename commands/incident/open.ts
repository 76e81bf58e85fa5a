import { Args, Flags } from "@oclif/core";
import { openAnyway } from "../../src/actions/incidents/open-anyway.ts";
import { requestIncident } from "../../src/actions/incidents/open-incident.ts";
import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { durationFlag } from "../../src/cli/duration-flag.ts";
import { openThere } from "../../src/cli/elsewhere/incidents.ts";
import { notifyBeside, withIncidents } from "../../src/cli/open-incidents.ts";
import { incidentLine, keptLines } from "../../src/cli/present/incident.ts";
import { SEVERITIES } from "../../src/ops/incident/incident.ts";

export default class IncidentOpen extends TttCommand<Awaited<ReturnType<typeof openAnyway>> & { notified: string }> {
  static override readonly summary = "Open an incident and tell the people who should know";
  static override readonly description =
    "Takes less than a second, and nothing has to be up: while the database is away the incident is kept on this host's disk, people are told from there, and it is taken up once the database is back. sev1: money, or the ability to stop trading, is at risk. sev2: a service is gone. sev3: degraded. sev4: to look at.";
  static override readonly examples = [
    "<%= config.bin %> incident open 'fills twice' --severity sev1",
    "<%= config.bin %> incident open 'dashboard shows old prices' --began 20m --runbook no-metrics --json",
  ];
  static override readonly effect = "mutate";
  static override readonly args = { title: Args.string({ required: true, description: "what is wrong, in one line" }) };
  static override readonly flags = {
    ...apiFlags,
    severity: Flags.option({
      char: "s",
      options: SEVERITIES,
      default: "sev2" as const,
      description: "how bad it is",
    })(),
    summary: Flags.string({ char: "m", default: "", description: "what is known so far" }),
    began: durationFlag({ description: "how long ago it began" }),
    runbook: Flags.string({ description: "the runbook to follow" }),
    link: Flags.string({ multiple: true, description: "where to look" }),
  };

  async run() {
    const { args, flags } = await this.parse(IncidentOpen);
    return withIncidents("ttt incident open", async ({ config, anyway, command, clock }) => {
      const now = clock.now();
      const { severity, summary, began, runbook, link = [] } = flags;
      if (flags.api !== undefined) {
        const more = {
          ...(began !== undefined && { beganAt: now - began }),
          ...(runbook !== undefined && { runbook }),
        };
        const incident = await openThere(flags, { title: args.title, severity, summary, links: link, ...more });
        this.log(incidentLine(incident));
        return { incident, kept: "database" as const, notified: "by the stack there" };
      }
      const request = requestIncident(
        {
          ...{ title: args.title, severity, summary, links: link },
          ...(began !== undefined && { beganAt: now - began }),
          ...(runbook !== undefined && { runbook }),
        },
        now,
      );
      const done = await openAnyway(anyway, request, command);
      this.log(incidentLine(done.incident));
      for (const line of keptLines(done)) this.log(line);
      const notified = await notifyBeside(config);
      if (notified === "nobody") this.log("nobody is told: no contacts are configured (ttt incident contacts)");
      return { ...done, notified };
    });
  }
}
