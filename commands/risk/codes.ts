import { TttCommand } from "../../src/cli/base-command.ts";
import { table } from "../../src/cli/present/table.ts";
import { type CodeRow, codeTable } from "../../src/trading/risk/registry.ts";

export default class RiskCodes extends TttCommand<readonly CodeRow[]> {
  static override readonly summary = "List every code with which an order can be denied";
  static override readonly description =
    "The table of all pre-trade checks and their codes, made from the checks themselves. The same codes stand in decision records, metrics and docs/risk-codes.md.";
  static override readonly examples = ["<%= config.bin %> risk codes", "<%= config.bin %> risk codes --json"];

  async run() {
    await this.parse(RiskCodes);
    const rows = codeTable();
    const cells = rows.map(({ code, check, name, meaning }) => [code, check, name, meaning]);
    for (const line of table(["CODE", "CHECK", "NAME", "MEANING"], cells)) this.log(line);
    return rows;
  }
}
