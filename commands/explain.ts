import { Args } from "@oclif/core";
import { explainExit } from "../src/actions/explain-exit.ts";
import { TttCommand } from "../src/cli/base-command.ts";

export default class Explain extends TttCommand<ReturnType<typeof explainExit>> {
  static override readonly summary = "Explain an exit code";
  static override readonly description =
    "Exit codes are one table for all commands: a script can tell a refusal from an outage, and an outage from a wrong command line. Without a number it prints them all.";
  static override readonly examples = ["<%= config.bin %> explain exit 14", "<%= config.bin %> explain exit --json"];
  static override readonly args = {
    topic: Args.string({ required: true, options: ["exit"], description: "what to explain" }),
    name: Args.string({ description: "its number; all of them when left out" }),
  };

  async run() {
    const { args } = await this.parse(Explain);
    const rows = explainExit(args.name);
    for (const row of rows) this.log(`${String(row.code).padStart(3)}  ${row.name.padEnd(20)} ${row.meaning}`);
    return rows;
  }
}
