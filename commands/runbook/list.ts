import { listRunbooks, type RunbookSummary } from "../../src/actions/runbooks/list-runbooks.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { openRunbookShelf } from "../../src/cli/open-runbooks.ts";
import { runbookTable } from "../../src/cli/present/runbook.ts";

export default class RunbookList extends TttCommand<{ readonly runbooks: readonly RunbookSummary[] }> {
  static override readonly summary = "List the runbooks, and when each was last run to its good end";
  static override readonly description =
    "A runbook is a page of Markdown that a person can follow and ttt can run. Those of this stack lie in runbooks/ of the state directory and take the place of one of the same name.";
  static override readonly examples = ["<%= config.bin %> runbook list", "<%= config.bin %> runbook list --json"];

  async run() {
    await this.parse(RunbookList);
    const { reading, clock } = openRunbookShelf();
    const runbooks = await listRunbooks(reading);
    for (const line of runbookTable(runbooks, clock.now())) this.log(line);
    return { runbooks };
  }
}
