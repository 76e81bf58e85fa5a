import { Flags } from "@oclif/core";
import { type LimitList, listLimits } from "../../../src/actions/risk/list-limits.ts";
import { TttCommand } from "../../../src/cli/base-command.ts";
import { withRisk } from "../../../src/cli/open-risk.ts";
import { limitListLines } from "../../../src/cli/present/risk-limits.ts";
import { optionalScope } from "../../../src/cli/scope-flag.ts";

export default class RiskLimitsList extends TttCommand<LimitList> {
  static override readonly summary = "List every risk limit as it stands now, and the changes that wait";
  static override readonly description =
    "The values that workers check orders against, at each scope; over all scopes of an order the strictest holds. Amounts are in the account's currency. Changes that allow more wait here for a second person.";
  static override readonly examples = [
    "<%= config.bin %> risk limits list",
    "<%= config.bin %> risk limits list --scope strategy:sma-cross",
    "<%= config.bin %> risk limits list --history 10 --json",
  ];
  static override readonly flags = {
    scope: optionalScope({ description: "only the limits set at this scope" }),
    history: Flags.integer({ default: 0, min: 0, max: 10_000, description: "show so many of the newest versions too" }),
  };

  async run() {
    const { flags } = await this.parse(RiskLimitsList);
    const { scope, history } = flags;
    return withRisk("ttt risk limits list", async ({ ports }) => {
      const list = await listLimits(ports, { history, ...(scope !== undefined && { scope }) });
      for (const line of limitListLines(list)) this.log(line);
      return list;
    });
  }
}
