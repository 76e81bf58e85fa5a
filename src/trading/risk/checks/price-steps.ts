import { defineCheck, PASS } from "../check.ts";

export const priceSteps = defineCheck({
  id: "RC-12",
  name: "price-steps",
  summary: "Each price that the type needs is there, positive and a whole number of ticks; no other is.",
  whenReducing: "apply",
  codes: {
    PRICE_MISSING: "The type of order needs a price that is not there.",
    PRICE_SUPERFLUOUS: "The type of order takes no such price.",
    PRICE_NOT_ON_TICK: "A price is not a whole number of ticks.",
    PRICE_NOT_POSITIVE: "A price is zero or negative.",
  },
  evaluate({ order: { terms } }, say) {
    const needs = { limit: terms.type === "limit" || terms.type === "stop-limit", stop: terms.type.startsWith("stop") };
    for (const which of ["limit", "stop"] as const) {
      const price = terms[which];
      if (needs[which] && price === undefined) return say.deny("PRICE_MISSING", { which });
      if (!needs[which] && price !== undefined) return say.deny("PRICE_SUPERFLUOUS", { which });
      if (price === undefined) continue;
      if (!Number.isSafeInteger(price)) return say.deny("PRICE_NOT_ON_TICK", { which, price });
      if (price <= 0) return say.deny("PRICE_NOT_POSITIVE", { which, price });
    }
    return PASS;
  },
});
