import { Args } from "@oclif/core";
import { approveLimit } from "../../../src/actions/risk/approve-limit.ts";
import type { LimitReport } from "../../../src/actions/risk/set-limit.ts";
import { TttCommand } from "../../../src/cli/base-command.ts";
import { rehearsedOn, withRisk } from "../../../src/cli/open-risk.ts";
import { limitReportLines } from "../../../src/cli/present/risk-limits.ts";
import { dryRunFlag } from "../../../src/cli/wait-flags.ts";

export default class RiskLimitsApprove extends TttCommand<LimitReport & { readonly dryRun: boolean }> {
  static override readonly summary = "Approve a wider limit that somebody else asked for";
  static override readonly description =
    "Puts the request into force from the next epoch on, which this begins. Refused to whoever asked for it, unless trading.limitApproval is one-person, which it is where all money is paper; and refused when the request is more than a day old. What it does is judged against the limits of now.";
  static override readonly examples = [
    "<%= config.bin %> risk limits approve 7",
    "<%= config.bin %> risk limits approve 7 --dry-run",
    "<%= config.bin %> risk limits approve 7 --json",
  ];
  static override readonly effect = "dangerous";
  static override readonly args = {
    request: Args.integer({ required: true, min: 1, description: "its number, from ttt risk limits list" }),
  };

  static override readonly flags = { ...dryRunFlag };

  async run() {
    const { args, flags } = await this.parse(RiskLimitsApprove);
    const { "dry-run": dryRun } = flags;
    return withRisk("ttt risk limits approve", async ({ ports, command }) => {
      const report = await approveLimit(dryRun ? rehearsedOn(ports) : ports, args.request, command);
      for (const line of limitReportLines(report, dryRun, ports.onePerson)) this.log(line);
      return { ...report, dryRun };
    });
  }
}
