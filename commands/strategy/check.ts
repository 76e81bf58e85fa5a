import { Args, Flags } from "@oclif/core";
import type { StrategyCheck } from "../../src/actions/check-strategy.ts";
import { checkHere } from "../../src/cli/backtest/check-here.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";

export default class StrategyCheckCommand extends TttCommand<StrategyCheck> {
  static override readonly summary = "Try a strategy on made-up markets and prove that it does not read ahead";
  static override readonly description =
    "Runs the strategy on several made-up markets, whole and cut short: a decision that changes when later bars are taken away has read ahead.";
  static override readonly examples = ["<%= config.bin %> strategy check ./my-strategy.ts"];
  static override readonly args = {
    strategy: Args.string({ required: true, description: "name of a built-in strategy, or path of a strategy file" }),
  };
  static override readonly flags = {
    stall: Flags.integer({ default: 10, min: 1, helpValue: "SECONDS", description: "how long one bar may take" }),
  };

  async run() {
    const { args, flags } = await this.parse(StrategyCheckCommand);
    const check = await checkHere(args.strategy, flags.stall * 1000, openWorkbench().clock);
    this.log(`${check.strategy}: loads, runs, and no indicator reads ahead.`);
    for (const { bars, trades, denials, codes } of check.runs) {
      this.log(`  ${bars}: ${trades} trades${denials > 0 ? `, ${denials} orders refused (${codes.join(", ")})` : ""}`);
    }
    return check;
  }
}
