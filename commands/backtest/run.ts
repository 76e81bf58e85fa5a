import { Args, Flags } from "@oclif/core";
import { withDayZone } from "../../src/actions/day-zone.ts";
import { keepRun } from "../../src/actions/keep-run.ts";
import type { RunReport } from "../../src/backtest/run-report.ts";
import { remoteFlags, remoteOf } from "../../src/cli/api-flags.ts";
import { paramsOf, runFlags, specOf } from "../../src/cli/backtest/run-flags.ts";
import { runHere } from "../../src/cli/backtest/run-here.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { backtestSummary } from "../../src/cli/present/backtest-summary.ts";

export default class BacktestRun extends TttCommand<RunReport> {
  static override readonly summary = "Run one backtest and print its statistics";
  static override readonly description =
    `Runs in this process and needs no server. The same data, strategy, parameters and options give the same bytes,
here and on a remote backtester.`;
  static override readonly examples = [
    "<%= config.bin %> backtest run sma-cross --data GOOG.csv -p fast=10 -p slow=30",
    "<%= config.bin %> backtest run sma-cross --data GOOG.csv --remote",
    "<%= config.bin %> backtest run sma-cross --data GOOG.csv --api https://desk.example:8443",
    "<%= config.bin %> backtest run ./my-strategy.ts --data btc-1m --from 2024-01-01 --json",
  ];
  static override readonly args = {
    strategy: Args.string({ required: true, description: "name of a built-in strategy, or path of a strategy file" }),
  };
  static override readonly flags = {
    param: Flags.string({
      char: "p",
      multiple: true,
      helpValue: "NAME=VALUE",
      description: "parameter of the strategy",
    }),
    keep: Flags.boolean({
      allowNo: true,
      default: true,
      description: "keep the run for list, show, compare and report",
    }),
    ...remoteFlags(),
    priority: Flags.integer({
      min: -100,
      max: 100,
      relationships: [{ type: "some", flags: ["remote", "api"] }],
      description: "with --remote or --api: higher is taken first; 0 when left out",
    }),
    ...runFlags,
  };

  async run() {
    const { args, flags } = await this.parse(BacktestRun);
    const workbench = openWorkbench();
    const spec = await withDayZone(await specOf(args.strategy, flags, paramsOf(flags.param)), workbench.bars);
    const remote = remoteOf(flags);
    const { report, equity, time } = remote
      ? await runOnStack(spec, workbench, { ...remote, priority: flags.priority }, this.jsonEnabled())
      : await runHere(spec, workbench, flags.stall * 1000);
    for (const line of backtestSummary(report, equity)) this.log(line);
    if (flags.keep) await keepRun({ spec, report, curve: { time, equity } }, workbench);
    return report;
  }
}

/** What speaks to a stack is loaded only when it is asked for. */
async function runOnStack(...args: Parameters<typeof import("../../src/cli/backtest/run-remote.ts").runRemote>) {
  const { runRemote } = await import("../../src/cli/backtest/run-remote.ts");
  return runRemote(...args);
}
