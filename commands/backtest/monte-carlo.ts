import { Args, Flags } from "@oclif/core";
import { type MonteCarloStudy, runMonteCarlo } from "../../src/actions/run-monte-carlo.ts";
import { MONTE_CARLO_METHODS } from "../../src/backtest/monte-carlo.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { monteCarloSummary } from "../../src/cli/present/monte-carlo.ts";

export default class BacktestMonteCarlo extends TttCommand<MonteCarloStudy> {
  static override readonly summary = "Ask what else chance could have made of a kept run";
  static override readonly description =
    `block draws the returns of bars in blocks, with replacement; trades puts the trades in another order, which always
ends at the same equity and shows how deep it could have gone.`;
  static override readonly examples = ["<%= config.bin %> backtest monte-carlo 4f1c0a --runs 5000"];
  static override readonly args = {
    id: Args.string({ required: true, description: "id of the run, or its beginning" }),
  };
  static override readonly flags = {
    method: Flags.option({ options: MONTE_CARLO_METHODS })({ default: "block", description: "what is drawn" }),
    runs: Flags.integer({ default: 1000, min: 1, max: 1_000_000, description: "histories" }),
    block: Flags.integer({ default: 20, min: 1, description: "bars of a block" }),
    seed: Flags.integer({ default: 1, description: "decides the chance" }),
  };

  async run() {
    const { args, flags } = await this.parse(BacktestMonteCarlo);
    const { method, runs, block, seed } = flags;
    const study = await runMonteCarlo(args.id, { method, runs, block, seed }, openWorkbench().runs);
    for (const line of monteCarloSummary(study)) this.log(line);
    return study;
  }
}
