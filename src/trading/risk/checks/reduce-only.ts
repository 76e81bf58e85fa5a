import { defineCheck, PASS } from "../check.ts";
import { onlyReduces, openOn, positionOf } from "../exposure.ts";

export const reduceOnly = defineCheck({
  id: "RC-19",
  name: "reduce-only",
  summary: "A reduce-only order cannot enlarge or turn the position, counting every exit that already rests.",
  whenReducing: "apply",
  codes: {
    REDUCE_ONLY_WOULD_INCREASE: "With all that rests on its side the order exceeds the position.",
    REDUCE_ONLY_POSITION_UNKNOWN: "The position is not known, so nothing can be shown to reduce it.",
  },
  evaluate(context, say) {
    const { terms } = context.order;
    if (!terms.reduceOnly) return PASS;
    const position = positionOf(context);
    if (position === undefined) return say.deny("REDUCE_ONLY_POSITION_UNKNOWN");
    if (onlyReduces(position, context.open, terms)) return PASS;
    const resting = openOn(context.open, terms.instrument, terms.side);
    return say.deny("REDUCE_ONLY_WOULD_INCREASE", { position, resting, quantity: terms.quantity });
  },
});
