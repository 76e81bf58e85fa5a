import { defineCheck, firstObjection } from "../check.ts";
import { notionalOf } from "../exposure.ts";

export const notional = defineCheck({
  id: "RC-14",
  name: "notional",
  summary: "The value of the order lies between its least and its most.",
  whenReducing: "skip",
  codes: {
    NOTIONAL_ABOVE_MAXIMUM: "The order is worth more than one order may be.",
    NOTIONAL_BELOW_MINIMUM: "The order is worth less than one order must be.",
    NOTIONAL_UNKNOWN: "There is no price or rate to value the order with.",
  },
  evaluate(context, say) {
    const value = notionalOf(context);
    return firstObjection(
      say.within("maxOrderNotional", value, "NOTIONAL_ABOVE_MAXIMUM", "NOTIONAL_UNKNOWN"),
      say.within("minOrderNotional", value, "NOTIONAL_BELOW_MINIMUM", "NOTIONAL_UNKNOWN"),
    );
  },
});
