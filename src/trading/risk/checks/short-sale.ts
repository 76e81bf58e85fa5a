import { defineCheck, PASS } from "../check.ts";
import { openOn, positionOf } from "../exposure.ts";

export const shortSale = defineCheck({
  id: "RC-35",
  name: "short-sale",
  summary: "A sale goes short by no more than what may be sold short; 0 is long only.",
  whenReducing: "skip",
  codes: {
    SHORT_ABOVE_SHORTABLE: "The sale would go further short than allowed.",
    SHORT_POSITION_UNKNOWN: "The position is not known.",
  },
  evaluate(context, say) {
    const { terms } = context.order;
    if (terms.side === "buy") return PASS;
    const position = positionOf(context);
    const sells = openOn(context.open, terms.instrument, "sell");
    const short = position === undefined ? undefined : Math.max(0, sells + terms.quantity - position);
    return say.within("shortableLots", short, "SHORT_ABOVE_SHORTABLE", "SHORT_POSITION_UNKNOWN");
  },
});
