import { defineCheck, PASS } from "../check.ts";

export const marketOrders = defineCheck({
  id: "RC-17",
  name: "market-orders",
  summary: "An order without a price of its own adds risk only in an open market with a reference.",
  whenReducing: "skip",
  codes: {
    MARKET_ORDER_NOT_NOW: "A market order in an auction has no bound.",
    MARKET_ORDER_UNPRICED: "A market order needs a reference price to be bounded by.",
  },
  evaluate({ order: { terms }, market, references }, say) {
    if (terms.limit !== undefined) return PASS;
    if (market !== undefined && market.phase === "auction")
      return say.deny("MARKET_ORDER_NOT_NOW", { phase: market.phase });
    if (references[0] === undefined && terms.stop === undefined) return say.unknown("MARKET_ORDER_UNPRICED");
    return PASS;
  },
});
