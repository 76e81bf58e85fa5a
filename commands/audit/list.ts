import { Flags } from "@oclif/core";
import { listJournal } from "../../src/actions/audit-journal.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { withJournal } from "../../src/cli/open-journal.ts";
import { table } from "../../src/cli/present/table.ts";

export default class AuditList extends TttCommand<Awaited<ReturnType<typeof listJournal>>> {
  static override readonly summary = "List what people and daemons did, newest first";
  static override readonly description =
    "The journal holds every change of a trading level, every order to the stack and every operator's step, with who, from where and why.";
  static override readonly examples = [
    "<%= config.bin %> audit list",
    "<%= config.bin %> audit list --kind trading-level --limit 100 --json",
  ];
  static override readonly flags = {
    kind: Flags.string({ char: "k", description: "only kinds that begin so: trading-level, kill" }),
    limit: Flags.integer({ char: "n", default: 20, min: 1, max: 10_000, description: "how many rows" }),
  };

  async run() {
    const { flags } = await this.parse(AuditList);
    const { kind, limit } = flags;
    const rows = await withJournal((journal) => listJournal(journal, { limit, ...(kind !== undefined && { kind }) }));
    const cells = rows.map((row) => [String(row.seq), row.at, row.kind, row.actor, row.origin, summaryOf(row.body)]);
    for (const line of table(["ROW", "AT", "KIND", "WHO", "FROM", "WHAT"], cells)) this.log(line);
    return rows;
  }
}

/** The first plain values of an entry, on one line. */
function summaryOf(body: unknown): string {
  if (typeof body !== "object" || body === null) return String(body);
  const plain = Object.entries(body).filter(([, value]) => typeof value === "string" || typeof value === "number");
  return plain.map(([key, value]) => `${key}=${value}`).join(" ");
}
