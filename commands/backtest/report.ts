import { Args, Flags } from "@oclif/core";
import { reportRun, type WrittenReport } from "../../src/actions/report-run.ts";
import { remoteFlags, remoteOf } from "../../src/cli/api-flags.ts";
import { openWorkbench } from "../../src/cli/backtest/workbench.ts";
import { TttCommand } from "../../src/cli/base-command.ts";

export default class BacktestReport extends TttCommand<WrittenReport> {
  static override readonly summary = "Write the report of a run or sweep as one HTML file";
  static override readonly description =
    "The file opens offline: its charts are inline, and it asks the network for nothing. With --remote or --api it is the report of a job of that stack, without the price.";
  static override readonly examples = ["<%= config.bin %> backtest report 4f1c0a --out report.html"];
  static override readonly args = {
    id: Args.string({ required: true, description: "id of the run, or its beginning" }),
  };
  static override readonly flags = {
    ...remoteFlags(),
    out: Flags.string({ char: "o", helpValue: "FILE", description: "where to; KIND-ID.html when left out" }),
  };

  async run() {
    const { args, flags } = await this.parse(BacktestReport);
    const remote = remoteOf(flags);
    const written = remote
      ? await reportOfStack(remote, args.id, flags.out)
      : await reportRun(args.id, flags.out, openWorkbench());
    this.log(`Wrote ${written.path}.`);
    return written;
  }
}

/** What speaks to a stack is loaded only when it is asked for. */
async function reportOfStack(...args: Parameters<typeof import("../../src/cli/backtest/jobs-there.ts").reportThere>) {
  const { reportThere } = await import("../../src/cli/backtest/jobs-there.ts");
  return reportThere(...args);
}
