import { Args, Flags } from "@oclif/core";
import { generateBars } from "../../src/actions/generate-bars.ts";
import type { DatasetInfo } from "../../src/backtest/data/dataset.ts";
import { parseInterval } from "../../src/backtest/data/interval.ts";
import { numberOf, timeOf } from "../../src/cli/backtest/run-flags.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { datasetCard } from "../../src/cli/present/dataset.ts";
import { OperatorError } from "../../src/core/errors.ts";

export default class DataGenerate extends TttCommand<DatasetInfo> {
  static override readonly effect = "mutate";
  static override readonly summary = "Make up bars for tests and demonstrations, labelled as synthetic";
  static override readonly description =
    `A random walk with calm, trending and turbulent regimes, bursts and holes. The seed decides everything: the same
options make the same bars on every machine.`;
  static override readonly examples = [
    "<%= config.bin %> data generate demo",
    "<%= config.bin %> data generate stocks --bars 2500 --interval 1d --weekdays --seed 7",
  ];
  static override readonly args = { name: Args.string({ required: true, description: "name of the dataset" }) };
  static override readonly flags = {
    bars: Flags.integer({ default: 10_000, min: 1, max: 50_000_000, description: "how many" }),
    interval: Flags.string({ default: "1m", description: "spacing of the bars" }),
    seed: Flags.integer({ default: 1, description: "decides the chance" }),
    start: Flags.string({ default: "2020-01-01", helpValue: "TIME", description: "time of the first bar" }),
    price: Flags.string({ default: "100", description: "price of the first bar" }),
    volatility: Flags.string({ default: "0.5", description: "yearly volatility in calm times" }),
    gaps: Flags.string({ default: "0", description: "chance per bar that a hole follows" }),
    bursts: Flags.string({ default: "0.0005", description: "chance per bar that a burst begins" }),
    weekdays: Flags.boolean({ description: "leave out Saturdays and Sundays" }),
  };

  async run() {
    const { args, flags } = await this.parse(DataGenerate);
    const intervalMs = parseInterval(flags.interval);
    if (intervalMs === undefined) {
      throw new OperatorError(`--interval ${flags.interval} is no interval.`, {
        exit: "usage",
        code: "INTERVAL_UNKNOWN",
      });
    }
    const options = {
      bars: flags.bars,
      intervalMs,
      seed: flags.seed,
      startMs: timeOf("start", flags.start),
      startPrice: numberOf("price", flags.price),
      volatility: numberOf("volatility", flags.volatility),
      gapChance: numberOf("gaps", flags.gaps),
      burstChance: numberOf("bursts", flags.bursts),
      weekdaysOnly: flags.weekdays,
    };
    const info = await generateBars(args.name, options, openWorkbench().bars);
    for (const line of datasetCard(info)) this.log(line);
    return info;
  }
}
