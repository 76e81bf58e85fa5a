import { defineCheck } from "../check.ts";
import { openOn, positionOf, worstCase } from "../exposure.ts";

export const positionLimit = defineCheck({
  id: "RC-32",
  name: "position-limit",
  summary: "The furthest the account's position can get stays within the limit: all buys fill, or all sells.",
  whenReducing: "skip",
  codes: {
    POSITION_ABOVE_LIMIT: "The position could exceed the limit if everything open filled.",
    POSITION_UNKNOWN: "The position of this partition or of the account's others is not known.",
  },
  evaluate(context, say) {
    const { terms } = context.order;
    const own = positionOf(context);
    if (own === undefined || context.account === undefined) return say.unknown("POSITION_UNKNOWN");
    const others = context.account.others.get(terms.instrument);
    const buys = openOn(context.open, terms.instrument, "buy") + (others?.openBuys ?? 0);
    const sells = openOn(context.open, terms.instrument, "sell") + (others?.openSells ?? 0);
    const position = own + (others?.position ?? 0);
    // Only the order's own side counts: what rests on the other side was checked when it was made.
    const { long, short } = worstCase(position, buys + terms.quantity, sells + terms.quantity);
    const furthest = terms.side === "buy" ? long : -short;
    return say.within("maxPositionLots", furthest, "POSITION_ABOVE_LIMIT", "POSITION_UNKNOWN", { position });
  },
});
