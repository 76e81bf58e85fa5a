import { listStrategies, type StrategyCard } from "../../src/actions/describe-strategy.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { strategyTable } from "../../src/cli/present/strategy.ts";

export default class StrategyList extends TttCommand<StrategyCard[]> {
  static override readonly summary = "List the built-in strategies";
  static override readonly description = "Their names and what each does; `ttt strategy show` has the parameters.";
  static override readonly examples = ["<%= config.bin %> strategy list"];

  async run() {
    await this.parse(StrategyList);
    const all = listStrategies();
    for (const line of strategyTable(all)) this.log(line);
    return all;
  }
}
