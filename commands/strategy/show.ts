import { Args } from "@oclif/core";
import { describeStrategy, type StrategyCard } from "../../src/actions/describe-strategy.ts";
import { safeStrategies } from "../../src/cli/backtest/safe-strategies.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { strategyCard } from "../../src/cli/present/strategy.ts";

export default class StrategyShow extends TttCommand<StrategyCard> {
  static override readonly summary = "Show a strategy and its parameters";
  static override readonly description =
    "Its parameters with types, defaults and bounds, as they are given with --param.";
  static override readonly examples = [
    "<%= config.bin %> strategy show sma-cross",
    "<%= config.bin %> strategy show ./mine.ts",
  ];
  static override readonly args = {
    strategy: Args.string({ required: true, description: "name of a built-in strategy, or path of a strategy file" }),
  };

  async run() {
    const { args } = await this.parse(StrategyShow);
    const { strategies, clock } = openWorkbench();
    const card = await describeStrategy(args.strategy, safeStrategies(strategies, clock));
    for (const line of strategyCard(card)) this.log(line);
    return card;
  }
}
