import { Args } from "@oclif/core";
import { newStrategy } from "../../src/actions/new-strategy.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { dryRunFlag } from "../../src/cli/wait-flags.ts";

export default class StrategyNew extends TttCommand<{
  readonly path: string;
  readonly name: string;
  readonly written: boolean;
}> {
  static override readonly effect = "mutate";
  static override readonly summary = "Write a strategy file to start from";
  static override readonly description =
    "The file holds a complete strategy with typed parameters. It can be run at once, and edited with an editor's help.";
  static override readonly examples = ["<%= config.bin %> strategy new my-strategy.ts"];
  static override readonly args = { file: Args.string({ required: true, description: "path ending in .ts or .js" }) };

  static override readonly flags = { ...dryRunFlag };

  async run() {
    const { args, flags } = await this.parse(StrategyNew);
    const made = await newStrategy(args.file, openWorkbench().texts, { dryRun: flags["dry-run"] });
    this.log(`${made.written ? "Wrote" : "Would write"} ${made.path}. Next: ttt strategy check ${made.path}`);
    return made;
  }
}
