import { verifyJournal } from "../../src/actions/audit-journal.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { withJournal } from "../../src/cli/open-journal.ts";

export default class AuditVerify extends TttCommand<Awaited<ReturnType<typeof verifyJournal>>> {
  static override readonly summary =
    "Recompute the journal's chain of hashes and name the first row that does not fit or is gone";
  static override readonly description =
    "Every row of the journal holds the hash of the row before it, so a row that was changed, added or removed afterwards does not fit any more. Whether the end was cut off is told by the journal's own head, which moves with every row, and by what the last look from this host saw. Ends with 0 when all fit, and with 17 when a row does not.";
  static override readonly examples = ["<%= config.bin %> audit verify", "<%= config.bin %> audit verify --json"];

  async run() {
    await this.parse(AuditVerify);
    const check = await withJournal(verifyJournal);
    const { rows, head, sinceRow } = check;
    this.log(`WHOLE: ${rows} rows, none changed, none missing; the last hash is ${head || "none"}`);
    if (sinceRow === undefined) this.log("  the first look from this host: the next one compares its end with this");
    else this.log(`  up to row ${sinceRow} it is what the last look from this host saw`);
    return check;
  }
}
