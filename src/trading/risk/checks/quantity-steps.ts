import { defineCheck, firstObjection, PASS } from "../check.ts";

export const quantitySteps = defineCheck({
  id: "RC-13",
  name: "quantity-steps",
  summary: "The quantity is a whole, positive number of lots within the instrument's and our own bounds.",
  whenReducing: "apply",
  codes: {
    QUANTITY_NOT_ON_LOT: "The quantity is not a whole number of lots.",
    QUANTITY_NOT_POSITIVE: "The quantity is zero or negative.",
    QUANTITY_BELOW_MINIMUM: "The quantity is below the instrument's minimum.",
    QUANTITY_ABOVE_MAXIMUM: "The quantity is above the instrument's maximum.",
    QUANTITY_ABOVE_LIMIT: "The quantity is above our own limit for one order.",
    QUANTITY_BOUNDS_UNKNOWN: "The instrument has no specification.",
  },
  evaluate({ order, instrument }, say) {
    const { quantity } = order.terms;
    if (!Number.isSafeInteger(quantity)) return say.deny("QUANTITY_NOT_ON_LOT", { quantity });
    if (quantity <= 0) return say.deny("QUANTITY_NOT_POSITIVE", { quantity });
    const limit = say.within("maxOrderLots", quantity, "QUANTITY_ABOVE_LIMIT", "QUANTITY_BOUNDS_UNKNOWN");
    if (instrument === undefined) return firstObjection(limit, say.unknown("QUANTITY_BOUNDS_UNKNOWN"));
    const { minimum, maximum } = instrument;
    if (quantity < minimum) return say.deny("QUANTITY_BELOW_MINIMUM", { quantity, minimum });
    if (quantity > maximum) return say.deny("QUANTITY_ABOVE_MAXIMUM", { quantity, maximum });
    return firstObjection(limit, PASS);
  },
});
