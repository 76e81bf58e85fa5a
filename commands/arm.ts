import { Flags } from "@oclif/core";
import { type ArmReport, approveArm, armTrading } from "../src/actions/kill/arm-trading.ts";
import { apiFlags } from "../src/cli/api-flags.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { armThere } from "../src/cli/elsewhere/kill.ts";
import { reasonFlag, reasonOf } from "../src/cli/kill-reason.ts";
import { withKillSwitch } from "../src/cli/open-kill-switch.ts";
import { armReportLines } from "../src/cli/present/arm.ts";
import { scopeFlag } from "../src/cli/scope-flag.ts";

export default class Arm extends TttCommand<ArmReport> {
  static override readonly summary = "Let a scope trade again after a kill";
  static override readonly description =
    `The only way a level comes down. Each scope is armed by itself; a wider one that is still raised goes on holding, and what else is held is said at the end. Refused while an order's fate is unknown, while a worker in scope has not reconciled with the venue within 30 s, while workers run different releases, and when a level changes in the meantime; what passes by itself is waited for, 5 s at most.

It needs the role risk (trading.riskOperators), and for global, venue and account scope a second person where trading.armApproval is two-persons: then this only asks, and somebody else approves with --approve within the hour.`;
  static override readonly examples = [
    "<%= config.bin %> arm --reason 'cause found and mended'",
    "<%= config.bin %> arm --scope strategy:sma-cross --reason reviewed",
    "<%= config.bin %> arm --approve 7",
  ];
  static override readonly effect = "dangerous";
  static override readonly flags = {
    ...scopeFlag,
    reason: reasonFlag("why it is safe again, for the journal"),
    approve: Flags.integer({
      min: 1,
      helpValue: "REQUEST",
      exclusive: ["reason"],
      description: "approve what somebody else asked for, by its number in ttt kill status",
    }),
    ...apiFlags,
    patience: Flags.integer({
      default: 5,
      min: 0,
      helpValue: "SECONDS",
      exclusive: ["api"],
      description: "how long a reconciliation or a lookup may still take",
    }),
  };

  async run() {
    const { flags } = await this.parse(Arm);
    const { approve, scope, patience } = flags;
    const reason =
      approve === undefined ? reasonOf(flags.reason, `ttt arm --reason 'why it is safe again'`) : undefined;
    if (flags.api !== undefined) {
      const report = await armThere(flags, reason === undefined ? { approve: approve! } : { scope, reason });
      for (const line of armReportLines(report)) this.log(line);
      return report;
    }
    return withKillSwitch("ttt arm", async ({ ports, operator, commandId }) => {
      const command = { commandId, patienceMs: patience * 1_000, ...operator };
      const report =
        reason === undefined
          ? await approveArm(ports, approve!, command)
          : await armTrading(ports, { ...command, scope, reason });
      for (const line of armReportLines(report)) this.log(line);
      return report;
    });
  }
}
