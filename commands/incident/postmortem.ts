import { Flags } from "@oclif/core";
import { writePostMortem } from "../../src/actions/incidents/write-post-mortem.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { incidentArg } from "../../src/cli/incident-arg.ts";
import { withIncidents, writeDocument } from "../../src/cli/open-incidents.ts";

export default class IncidentPostmortem extends TttCommand<Awaited<ReturnType<typeof writePostMortem>>> {
  static override readonly summary = "Draft the post-mortem of an incident in Markdown";
  static override readonly description =
    "Filled in from the record: times to detect and to mitigate, what was changed just before, what trading did meanwhile, every step of the timeline with its row in the journal. Left to people: cause, lessons, actions. The journal is verified first; a broken one gives no draft but exit 17.";
  static override readonly examples = [
    "<%= config.bin %> incident postmortem 7k2fq --out post-mortem.md",
    "<%= config.bin %> incident postmortem 7k2fq --json",
  ];
  static override readonly args = incidentArg;
  static override readonly flags = { out: Flags.string({ char: "o", description: "write it to this file" }) };

  async run() {
    const { args, flags } = await this.parse(IncidentPostmortem);
    return withIncidents("ttt incident postmortem", async ({ open, verify }) => {
      const draft = await writePostMortem({ ...(await open()), verify }, args.incident);
      if (flags.out === undefined) this.log(draft.markdown);
      else {
        await writeDocument(flags.out, draft.markdown);
        this.log(flags.out);
      }
      return draft;
    });
  }
}
