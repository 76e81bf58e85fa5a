import type { Ticks } from "../../instrument.ts";
import { defineCheck, PASS } from "../check.ts";
import type { RiskContext } from "../context.ts";
import { riskPrice } from "../exposure.ts";

export const selfCross = defineCheck({
  id: "RC-22",
  name: "self-cross",
  summary: "The order would not trade with an order of our own.",
  whenReducing: "skip",
  codes: {
    SELF_CROSS: "An order of our own rests where this one would trade.",
    SELF_CROSS_UNKNOWN: "The account's other orders are not known.",
  },
  evaluate(context, say) {
    const { terms } = context.order;
    // A stop waits and does not take what rests now.
    if (terms.stop !== undefined) return PASS;
    if (context.account === undefined) return say.unknown("SELF_CROSS_UNKNOWN");
    const reach = terms.limit ?? (terms.side === "buy" ? riskPrice(context) : 0);
    if (reach === undefined) return say.unknown("SELF_CROSS_UNKNOWN");
    const resting = oppositePrices(context).find((price) => (terms.side === "buy" ? price <= reach : price >= reach));
    return resting === undefined ? PASS : say.deny("SELF_CROSS", { resting, reach });
  },
});

/** Where our own orders rest on the other side, in this partition and in the account's others. */
function oppositePrices({ order, open, account }: RiskContext): (Ticks | number)[] {
  const { instrument, side } = order.terms;
  const own = open.flatMap((one) =>
    one.instrument === instrument && one.side !== side && one.resting !== undefined ? [one.resting] : [],
  );
  const other = account?.others.get(instrument);
  const others = side === "buy" ? other?.lowestSell : other?.highestBuy;
  return others === undefined ? own : [...own, others];
}
