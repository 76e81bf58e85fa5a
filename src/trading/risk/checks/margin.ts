import { defineCheck } from "../check.ts";
import { accountExposure } from "../exposure.ts";

export const margin = defineCheck({
  id: "RC-31",
  name: "margin",
  summary: "Equity covers the margin of all that is held and open, this order included.",
  whenReducing: "skip",
  codes: {
    MARGIN_INSUFFICIENT: "Equity does not cover the margin of everything held and open.",
    MARGIN_UNKNOWN: "Equity, a position or a price is not known.",
  },
  evaluate(context, say) {
    const { account } = context;
    const exposure = accountExposure(context);
    if (account === undefined || exposure === undefined) return say.unknown("MARGIN_UNKNOWN");
    const needed = exposure.gross * account.marginRatio;
    const values = { needed, equity: account.equity };
    return needed <= account.equity ? say.pass(values) : say.deny("MARGIN_INSUFFICIENT", values);
  },
});
