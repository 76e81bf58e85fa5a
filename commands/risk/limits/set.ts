import { Flags } from "@oclif/core";
import { type LimitReport, setLimit } from "../../../src/actions/risk/set-limit.ts";
import { TttCommand } from "../../../src/cli/base-command.ts";
import { durationFlag } from "../../../src/cli/duration-flag.ts";
import { limitArg } from "../../../src/cli/limit-arg.ts";
import { rehearsedOn, withRisk } from "../../../src/cli/open-risk.ts";
import { limitReportLines } from "../../../src/cli/present/risk-limits.ts";
import { optionalScope } from "../../../src/cli/scope-flag.ts";
import { dryRunFlag } from "../../../src/cli/wait-flags.ts";

export default class RiskLimitsSet extends TttCommand<LimitReport & { readonly dryRun: boolean }> {
  static override readonly summary = "Set a risk limit: stricter at once, wider after an approval";
  static override readonly description =
    "What allows less is in force when this returns, and workers know it within a moment. What allows more becomes a request; it counts from the next epoch on, which `ttt risk limits approve` begins. With --for the change ends by itself and what held before holds again. Every step is in the journal.";
  static override readonly examples = [
    "<%= config.bin %> risk limits set maxOrderNotional=5000 --reason 'thin market'",
    "<%= config.bin %> risk limits set maxPositionLots=200 --for 2h --reason thin --dry-run",
    "<%= config.bin %> risk limits set collarRatio=2% --soft --reason 'wide spreads' --json",
  ];
  static override readonly effect = "dangerous";
  static override readonly args = { limit: limitArg({ required: true }) };
  static override readonly flags = {
    scope: optionalScope({
      default: "global",
      description: "where it is set; the strictest value over all scopes of an order holds",
    }),
    reason: Flags.string({ char: "r", required: true, description: "why, for the journal" }),
    for: durationFlag({ description: "end by itself after so long" }),
    soft: Flags.boolean({ description: "an operator may override it for one order; otherwise nothing may" }),
    ...dryRunFlag,
  };

  async run() {
    const { args, flags } = await this.parse(RiskLimitsSet);
    const { scope, reason, soft, "dry-run": dryRun } = flags;
    const lasting = flags.for === undefined ? {} : { lastsMs: flags.for };
    const wish = { ...args.limit, scope, reason, kind: soft ? ("soft" as const) : ("hard" as const), ...lasting };
    return withRisk("ttt risk limits set", async ({ ports, command }) => {
      const report = await setLimit(dryRun ? rehearsedOn(ports) : ports, wish, command);
      for (const line of limitReportLines(report, dryRun, ports.onePerson)) this.log(line);
      return { ...report, dryRun };
    });
  }
}
