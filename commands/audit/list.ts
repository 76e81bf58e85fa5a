import { Flags } from "@oclif/core";
import { listJournal } from "../../src/actions/audit-journal.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { withJournal } from "../../src/cli/open-journal.ts";
import { table } from "../../src/cli/present/table.ts";
import { describeRecord } from "../../src/ops/incident/describe-record.ts";

export default class AuditList extends TttCommand<Awaited<ReturnType<typeof listJournal>>> {
  static override readonly summary = "List what people and daemons did, newest first";
  static override readonly description =
    "The journal holds every change of a trading level, every order to the stack and every operator's step, with who, from where and why.";
  static override readonly examples = [
    "<%= config.bin %> audit list",
    "<%= config.bin %> audit list --except runbook",
    "<%= config.bin %> audit list --kind trading-level --limit 100 --json",
  ];
  static override readonly flags = {
    kind: Flags.string({ char: "k", description: "only kinds that begin so: trading-level, kill" }),
    except: Flags.string({ char: "x", description: "no kinds that begin so: runbook" }),
    limit: Flags.integer({ char: "n", default: 20, min: 1, max: 10_000, description: "how many rows" }),
  };

  async run() {
    const { flags } = await this.parse(AuditList);
    const { kind, except, limit } = flags;
    const filter = { limit, ...(kind !== undefined && { kind }), ...(except !== undefined && { except }) };
    const rows = await withJournal((journal) => listJournal(journal, filter));
    const cells = rows.map((row) => [String(row.seq), row.at, row.kind, row.actor, row.origin, describeRecord(row)]);
    for (const line of table(["ROW", "AT", "KIND", "WHO", "FROM", "WHAT"], cells)) this.log(line);
    return rows;
  }
}
