import { Args, Flags } from "@oclif/core";
import { type FetchResult, fetchBars } from "../../src/actions/fetch-bars.ts";
import { timeOf } from "../../src/cli/backtest/run-flags.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { interruptSignal } from "../../src/cli/interrupt.ts";
import { datasetCard } from "../../src/cli/present/dataset.ts";
import { progressOf } from "../../src/cli/present/progress.ts";

export default class DataFetch extends TttCommand<FetchResult> {
  static override readonly effect = "mutate";
  static override readonly summary = "Bring history from an exchange into the data store";
  static override readonly description =
    `Keeps to the exchange's rate limit. The same command goes on where it stopped: after Ctrl-C, after an outage, or the
next day for the bars since.`;
  static override readonly examples = [
    "<%= config.bin %> data fetch binance BTC/USDT --interval 1h --from 2023-01-01",
    "<%= config.bin %> data fetch kraken ETH/EUR --interval 1d --from 2020-01-01",
  ];
  static override readonly args = {
    exchange: Args.string({ required: true, description: "name of the exchange, as in ccxt" }),
    symbol: Args.string({ required: true, description: "such as BTC/USDT" }),
  };
  static override readonly flags = {
    interval: Flags.string({ default: "1h", description: "spacing of the bars" }),
    from: Flags.string({ required: true, helpValue: "TIME", description: "first time, ISO 8601 in UTC" }),
    to: Flags.string({ helpValue: "TIME", description: "end, not included" }),
    name: Flags.string({ description: "name of the dataset" }),
    endpoint: Flags.string({ helpValue: "URL", description: "another host that speaks the exchange's protocol" }),
  };

  async run() {
    const { args, flags } = await this.parse(DataFetch);
    const workbench = openWorkbench();
    const from = timeOf("from", flags.from);
    const end = flags.to === undefined ? workbench.clock.now() : timeOf("to", flags.to);
    const progress = progressOf("fetch", "ms of market", workbench.clock, this.jsonEnabled());
    const result = await fetchBars(
      {
        ...args,
        interval: flags.interval,
        from,
        ...(flags.to !== undefined && { to: end }),
        ...(flags.name !== undefined && { name: flags.name }),
        ...(flags.endpoint !== undefined && { endpoint: flags.endpoint }),
        signal: interruptSignal(),
        onProgress: (rows, lastMs) => progress.update(lastMs - from, end - from, `${rows} bars`),
      },
      workbench,
    ).finally(progress.end);
    for (const line of datasetCard(result.dataset)) this.log(line);
    this.log(`${result.fetched} bars came, ${result.had} were there.`);
    return result;
  }
}
