import { verifyJournal } from "../../src/actions/audit-journal.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { withJournal } from "../../src/cli/open-journal.ts";

export default class AuditVerify extends TttCommand<Awaited<ReturnType<typeof verifyJournal>>> {
  static override readonly summary = "Recompute the journal's chain of hashes and name the first row that does not fit";
  static override readonly description =
    "Every row of the journal holds the hash of the row before it, so a row that was changed, added or removed afterwards does not fit any more. Ends with 0 when all fit.";
  static override readonly examples = ["<%= config.bin %> audit verify", "<%= config.bin %> audit verify --json"];

  async run() {
    await this.parse(AuditVerify);
    const check = await withJournal(verifyJournal);
    this.log(`${check.rows} rows, whole; the last hash is ${check.head || "none"}`);
    return check;
  }
}
