import { Args } from "@oclif/core";
import { explainCode } from "../src/actions/explain-code.ts";
import { type ExitCodeRow, explainExit } from "../src/actions/explain-exit.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import type { CodeRow } from "../src/trading/risk/registry.ts";

export default class Explain extends TttCommand<readonly ExitCodeRow[] | readonly CodeRow[]> {
  static override readonly summary = "Explain an exit code, or a code with which an order was denied";
  static override readonly description =
    "Exit codes are one table for all commands: a script can tell a refusal from an outage, and an outage from a wrong command line. Without a number it prints them all. The codes of denied orders are those of `ttt risk codes`.";
  static override readonly examples = [
    "<%= config.bin %> explain exit 14",
    "<%= config.bin %> explain exit --json",
    "<%= config.bin %> explain KILL_BLOCKED",
  ];
  static override readonly args = {
    topic: Args.string({ required: true, description: "exit, or a risk code" }),
    name: Args.string({ description: "the number of an exit code; all of them when left out" }),
  };

  async run() {
    const { args } = await this.parse(Explain);
    if (args.topic !== "exit") {
      const rows = explainCode(args.topic);
      for (const { code, check, name, meaning } of rows) this.log(`${code}, ${check} ${name}: ${meaning}`);
      return rows;
    }
    const rows = explainExit(args.name);
    for (const { code, name, meaning, next } of rows) {
      this.log(`${String(code).padStart(3)}  ${name.padEnd(20)} ${meaning}`);
      if (args.name !== undefined && next !== undefined) this.log(`     ${next}`);
    }
    return rows;
  }
}
