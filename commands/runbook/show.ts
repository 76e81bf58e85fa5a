import { Args } from "@oclif/core";
import { readRunbook, sectionText } from "../../src/actions/runbooks/read-runbook.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { openRunbookShelf } from "../../src/cli/open-runbooks.ts";
import type { Runbook } from "../../src/ops/runbook.ts";

export default class RunbookShow extends TttCommand<Runbook & { readonly path: string; readonly text: string }> {
  static override readonly summary = "Show a runbook, or one section of it, as it is to be read";
  static override readonly description =
    "Prints the page itself: it can be followed by hand. With --json the steps, parameters and sections as ttt runs them.";
  static override readonly examples = [
    "<%= config.bin %> runbook show redis-memory",
    "<%= config.bin %> runbook show redis-memory 2.1",
  ];
  static override readonly args = {
    runbook: Args.string({ required: true, description: "its name" }),
    section: Args.string({ description: "address of a section, such as 2 or 2.3" }),
  };

  async run() {
    const { args } = await this.parse(RunbookShow);
    const found = await readRunbook(openRunbookShelf().reading, args.runbook);
    const text = args.section === undefined ? found.text : sectionText(found, args.section);
    this.log(text.trimEnd());
    return { ...found.runbook, path: found.path, text };
  }
}
