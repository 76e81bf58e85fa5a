import { TttCommand } from "../../src/cli/base-command.ts";
import { withIncidents } from "../../src/cli/open-incidents.ts";
import { table } from "../../src/cli/present/table.ts";
import type { Contact } from "../../src/ops/incident/contact.ts";

export default class IncidentContacts extends TttCommand<readonly Contact[]> {
  static override readonly summary = "List who hears of incidents, and when";
  static override readonly description =
    "Contacts come from the setting incident.contacts. Addresses that are secrets are shown by the name they have in the secrets file.";
  static override readonly examples = [
    "<%= config.bin %> incident contacts",
    "<%= config.bin %> incident contacts --json",
  ];

  async run() {
    await this.parse(IncidentContacts);
    return withIncidents("ttt incident contacts", async ({ contacts }) => {
      if (contacts.length === 0) this.log("no contacts are configured: see docs/incidents.md");
      const rows = contacts.map(({ name, audience, channel, to, severity, afterSeconds, note }) => [
        ...[name, audience, channel, to, severity],
        afterSeconds === 0 ? "at once" : `after ${afterSeconds} s unacknowledged`,
        note || "-",
      ]);
      const header = ["CONTACT", "AUDIENCE", "CHANNEL", "TO", "FROM", "WHEN", "NOTE"];
      if (rows.length > 0) for (const line of table(header, rows)) this.log(line);
      return contacts;
    });
  }
}
