import { defineCheck, firstObjection } from "../check.ts";
import { accountExposure } from "../exposure.ts";

export const exposure = defineCheck({
  id: "RC-33",
  name: "exposure",
  summary: "Gross, net and leverage stay within their limits when everything open fills.",
  whenReducing: "skip",
  codes: {
    GROSS_ABOVE_LIMIT: "Gross exposure would exceed the limit.",
    NET_ABOVE_LIMIT: "Net exposure would exceed the limit.",
    LEVERAGE_ABOVE_LIMIT: "Gross exposure would be too large a multiple of equity.",
    EXPOSURE_UNKNOWN: "A position, a price or the account is not known.",
  },
  evaluate(context, say) {
    const total = accountExposure(context);
    const equity = context.account?.equity;
    const leverage = total === undefined || equity === undefined ? undefined : total.gross / Math.max(1, equity);
    return firstObjection(
      say.within("maxGross", total?.gross, "GROSS_ABOVE_LIMIT", "EXPOSURE_UNKNOWN"),
      say.within(
        "maxNet",
        total === undefined ? undefined : Math.abs(total.net),
        "NET_ABOVE_LIMIT",
        "EXPOSURE_UNKNOWN",
      ),
      say.within("maxLeverage", leverage, "LEVERAGE_ABOVE_LIMIT", "EXPOSURE_UNKNOWN"),
    );
  },
});
