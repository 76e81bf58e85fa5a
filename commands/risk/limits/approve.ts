import { Args } from "@oclif/core";
import { approveLimit } from "../../../src/actions/risk/approve-limit.ts";
import type { LimitReport } from "../../../src/actions/risk/set-limit.ts";
import { TttCommand } from "../../../src/cli/base-command.ts";
import { withRisk } from "../../../src/cli/open-risk.ts";
import { limitReportLine } from "../../../src/cli/present/risk-limits.ts";

export default class RiskLimitsApprove extends TttCommand<LimitReport> {
  static override readonly summary = "Approve a wider limit that somebody else asked for";
  static override readonly description =
    "Puts the request into force from the next epoch on, which this begins. Refused to whoever asked for it, unless trading.limitApproval is one-person, which it is where all money is paper; and refused when the request is more than a day old. What it does is judged against the limits of now.";
  static override readonly examples = [
    "<%= config.bin %> risk limits approve 7",
    "<%= config.bin %> risk limits approve 7 --json",
  ];
  static override readonly effect = "dangerous";
  static override readonly args = {
    request: Args.integer({ required: true, min: 1, description: "its number, from ttt risk limits list" }),
  };

  async run() {
    const { args } = await this.parse(RiskLimitsApprove);
    return withRisk("ttt risk limits approve", async ({ ports, command }) => {
      const report = await approveLimit(ports, args.request, command);
      this.log(limitReportLine(report));
      return report;
    });
  }
}
