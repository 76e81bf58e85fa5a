import { defineCheck, firstObjection, PASS } from "../check.ts";
import { throughReference } from "../collar.ts";

export const collar = defineCheck({
  id: "RC-15",
  name: "collar",
  summary:
    "No price goes further through the reference than the static and the dynamic collar allow, alone or over the window.",
  whenReducing: "known",
  codes: {
    PRICE_OUTSIDE_COLLAR: "The price is further through the reference than the collar allows.",
    PRICE_OUTSIDE_DYNAMIC_COLLAR: "The price is more bar ranges through the reference than allowed.",
    PRICE_DRIFT_ABOVE_LIMIT: "Orders of the window went through the reference further in all than allowed.",
    COLLAR_REFERENCE_UNKNOWN: "There is no reference price.",
    COLLAR_RANGE_UNKNOWN: "There are no recent bars to take the range from.",
  },
  evaluate({ order: { terms }, references, meanRange, flow }, say) {
    const reference = references[0]?.price;
    const through = reference === undefined ? undefined : throughReference(terms, reference);
    const steps = through === undefined || reference === undefined ? undefined : through * reference;
    const ranges = through === 0 ? 0 : steps === undefined || !meanRange ? undefined : steps / meanRange;
    const summed = through === undefined ? undefined : through === 0 ? 0 : through + flow.throughRatio;
    return firstObjection(
      say.within("collarRatio", through, "PRICE_OUTSIDE_COLLAR", "COLLAR_REFERENCE_UNKNOWN"),
      say.within("collarRanges", ranges, "PRICE_OUTSIDE_DYNAMIC_COLLAR", "COLLAR_RANGE_UNKNOWN"),
      say.within("collarDriftRatio", summed, "PRICE_DRIFT_ABOVE_LIMIT", "COLLAR_REFERENCE_UNKNOWN"),
      PASS,
    );
  },
});
