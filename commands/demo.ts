import { Flags } from "@oclif/core";
import type { DemoReport } from "../src/actions/demo-report.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { interruptSignal } from "../src/cli/interrupt.ts";
import { demoTable, stepLine } from "../src/cli/present/demo.ts";

export default class Demo extends TttCommand<DemoReport> {
  static override readonly summary = "Show the whole platform at work, from nothing and back to nothing";
  static override readonly description =
    "Brings a stack of its own up, lets a worker trade on paper, runs one backtest in this process and through API, queue and backtester, engages the kill switch and shows that nothing was sent after it, and brings everything down. Nothing is left; with --keep it uses the configured state directory and leaves the stack running.";
  static override readonly examples = [
    "<%= config.bin %> demo",
    "<%= config.bin %> demo --data GOOG.csv --json",
    "<%= config.bin %> demo --keep",
  ];
  static override readonly effect = "mutate";
  static override readonly flags = {
    data: Flags.string({ char: "d", helpValue: "FILE", description: "CSV file with real prices; else made-up ones" }),
    keep: Flags.boolean({ default: false, description: "leave the stack running and trading" }),
  };

  async run() {
    const { flags } = await this.parse(Demo);
    const [{ withDemo }, { runDemo }] = await Promise.all([
      import("../src/cli/open-demo.ts"),
      import("../src/actions/run-demo.ts"),
    ]);
    const quiet = this.jsonEnabled();
    const report = await withDemo({ keep: flags.keep, data: flags.data }, ({ ports, data, operator, commandId }) =>
      runDemo(ports, {
        ...{ data, keep: flags.keep, commandId },
        ...operator,
        signal: interruptSignal(),
        onStep: (step) => {
          if (!quiet) process.stderr.write(`${stepLine(step)}\n`);
        },
      }),
    );
    for (const line of demoTable(report)) this.log(line);
    if (flags.keep && process.stdout.isTTY) this.log("The stack runs on. Open the console: ttt. End it: ttt down.");
    return report;
  }
}
