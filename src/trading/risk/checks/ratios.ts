import { defineCheck, firstObjection } from "../check.ts";

/** Below so many orders in the window a ratio says nothing. */
const MIN_ORDERS = 20;

export const ratios = defineCheck({
  id: "RC-43",
  name: "ratios",
  summary: "Orders to fills, and cancels to orders, over the window.",
  whenReducing: "skip",
  codes: {
    ORDER_TO_TRADE_ABOVE_LIMIT: "Too many orders for each fill.",
    CANCEL_RATIO_ABOVE_LIMIT: "Too large a share of orders is cancelled.",
    RATIO_UNKNOWN: "Orders and fills were not counted.",
  },
  evaluate({ flow }, say) {
    const orders = flow.sent.length + 1;
    const few = orders < MIN_ORDERS;
    return firstObjection(
      say.within(
        "maxOrderToTrade",
        few ? 0 : orders / Math.max(1, flow.fills),
        "ORDER_TO_TRADE_ABOVE_LIMIT",
        "RATIO_UNKNOWN",
      ),
      say.within("maxCancelRatio", few ? 0 : flow.cancels / orders, "CANCEL_RATIO_ABOVE_LIMIT", "RATIO_UNKNOWN"),
    );
  },
});
