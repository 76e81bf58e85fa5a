import { Args, Flags } from "@oclif/core";
import { readMetrics } from "../src/actions/read-metrics.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { openStackObservatory } from "../src/cli/open-observatory.ts";
import { metricLines } from "../src/cli/present/observatory.ts";
import type { MetricReading } from "../src/ops/metric-sample.ts";

export default class Metrics extends TttCommand<MetricReading> {
  static override readonly summary = "Show the figures of all daemons";
  static override readonly description =
    "Asks Prometheus where the setting prometheus.url names one, else every daemon itself over its control socket. Names and meanings of the metrics stand in each daemon's own /metrics page.";
  static override readonly examples = [
    "<%= config.bin %> metrics kill",
    "<%= config.bin %> metrics orders --instance worker-1 --json",
    "<%= config.bin %> metrics --query 'rate(ttt_orders_total[5m])'",
  ];
  static override readonly effect = "read";
  static override readonly args = { name: Args.string({ description: "part of a metric's name" }) };
  static override readonly flags = {
    instance: Flags.string({ char: "i", description: "only of this instance" }),
    buckets: Flags.boolean({ description: "the buckets of histograms too" }),
    query: Flags.string({ char: "q", description: "a query in Prometheus's language, for the configured Prometheus" }),
  };

  async run() {
    const { args, flags } = await this.parse(Metrics);
    const { observatory } = await openStackObservatory();
    const { instance, query, buckets } = flags;
    const reading = await readMetrics(observatory, { name: args.name, instance, query, buckets });
    for (const line of metricLines(reading)) this.log(line);
    return reading;
  }
}
