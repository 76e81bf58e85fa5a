import { Flags } from "@oclif/core";
import { listDenials } from "../../src/actions/risk/explain-order.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { withRisk } from "../../src/cli/open-risk.ts";
import { table } from "../../src/cli/present/table.ts";

export default class RiskDenials extends TttCommand<Awaited<ReturnType<typeof listDenials>>> {
  static override readonly summary = "List the orders that our own checks denied, newest first";
  static override readonly description =
    "Denied orders never left. Each row names the code that decided; ttt risk explain shows the whole decision. Of a code that comes more than five times in a second only five are written down.";
  static override readonly examples = [
    "<%= config.bin %> risk denials",
    "<%= config.bin %> risk denials --code NOTIONAL_ABOVE_MAXIMUM --limit 100 --json",
  ];
  static override readonly flags = {
    code: Flags.string({ char: "c", description: "only this code; ttt risk codes lists them" }),
    limit: Flags.integer({ char: "n", default: 20, min: 1, max: 10_000, description: "how many rows" }),
  };

  async run() {
    const { flags } = await this.parse(RiskDenials);
    const { code, limit } = flags;
    return withRisk("ttt risk denials", async ({ ports }) => {
      const rows = await listDenials(ports.decisions, { limit, ...(code !== undefined && { code }) });
      const cells = rows.map(({ at, partition, decision }) => [
        new Date(at).toISOString(),
        decision.order,
        partition,
        decision.code ?? "",
      ]);
      for (const line of table(["AT", "ORDER", "PARTITION", "CODE"], cells)) this.log(line);
      return rows;
    });
  }
}
