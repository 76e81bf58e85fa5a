import { Args } from "@oclif/core";
import { type ExplainedOrder, explainOrder } from "../../src/actions/risk/explain-order.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { withRisk } from "../../src/cli/open-risk.ts";
import { explainedOrderLines } from "../../src/cli/present/risk-decision.ts";

export default class RiskExplain extends TttCommand<ExplainedOrder> {
  static override readonly summary = "Explain why an order was sent, or was not";
  static override readonly description =
    "The record of the decision, as the worker wrote it together with the order: what every check observed and held it against, under which version of the limits, epoch, lease token and build. A denied order leaves its id to the next one, so an id may have several records; the newest comes first.";
  static override readonly examples = [
    "<%= config.bin %> risk explain ttt-0a1b2c3d4e5f-1z",
    "<%= config.bin %> risk explain ttt-0a1b2c3d4e5f-1z --json",
  ];
  static override readonly args = {
    order: Args.string({ required: true, description: "the order's own id, as in the console and ttt risk denials" }),
  };

  async run() {
    const { args } = await this.parse(RiskExplain);
    return withRisk("ttt risk explain", async ({ ports }) => {
      const explained = await explainOrder(ports.decisions, args.order);
      for (const line of explainedOrderLines(explained)) this.log(line);
      return explained;
    });
  }
}
