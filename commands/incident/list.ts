import { Flags } from "@oclif/core";
import { apiFlags } from "../../src/cli/api-flags.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { incidentsThere } from "../../src/cli/elsewhere/incidents.ts";
import { withIncidents } from "../../src/cli/open-incidents.ts";
import { incidentTable } from "../../src/cli/present/incident.ts";
import type { Incident } from "../../src/ops/incident/incident.ts";

export default class IncidentList extends TttCommand<readonly Incident[]> {
  static override readonly summary = "List incidents, newest first";
  static override readonly description = "Without flags those that are not resolved.";
  static override readonly examples = [
    "<%= config.bin %> incident list",
    "<%= config.bin %> incident list --all --json",
  ];
  static override readonly flags = {
    ...apiFlags,
    all: Flags.boolean({ char: "a", description: "resolved ones too" }),
    limit: Flags.integer({ char: "n", default: 50, min: 1, max: 1_000, description: "how many" }),
  };

  async run() {
    const { flags } = await this.parse(IncidentList);
    return withIncidents("ttt incident list", async ({ open, clock }) => {
      const { all, limit } = flags;
      const found =
        flags.api === undefined
          ? await (await open()).incidents.list({ open: !all, limit })
          : await incidentsThere(flags, all, limit);
      for (const line of incidentTable(found, clock.now())) this.log(line);
      return found;
    });
  }
}
