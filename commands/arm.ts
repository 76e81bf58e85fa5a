import { Flags } from "@oclif/core";
import { type ArmReport, armTrading } from "../src/actions/kill/arm-trading.ts";
import { TttCommand } from "../src/cli/base-command.ts";
import { withKillSwitch } from "../src/cli/open-kill-switch.ts";
import { killStatusLines } from "../src/cli/present/kill-status.ts";
import { scopeFlag } from "../src/cli/scope-flag.ts";

export default class Arm extends TttCommand<ArmReport> {
  static override readonly summary = "Let a scope trade again after a kill";
  static override readonly description =
    "The only way a level comes down. Each scope is armed by itself; a wider one that is still raised goes on holding. Refused while an order's fate is unknown, while workers run different releases, and when a level changes in the meantime.";
  static override readonly examples = [
    "<%= config.bin %> arm --reason 'cause found and mended'",
    "<%= config.bin %> arm --scope strategy:sma-cross --reason reviewed",
  ];
  static override readonly effect = "dangerous";
  static override readonly flags = {
    ...scopeFlag,
    reason: Flags.string({ char: "r", required: true, description: "why it is safe again, for the journal" }),
  };

  async run() {
    const { flags } = await this.parse(Arm);
    return withKillSwitch("ttt arm", async ({ ports, operator, commandId }) => {
      const report = await armTrading(ports, { commandId, scope: flags.scope, reason: flags.reason, ...operator });
      this.log(`${report.scope} is armed, epoch ${report.epoch}`);
      for (const line of killStatusLines(report.status)) this.log(line);
      return report;
    });
  }
}
