import type { Ticks } from "../../instrument.ts";
import { defineCheck, firstObjection } from "../check.ts";

export const reference = defineCheck({
  id: "RC-16",
  name: "reference",
  summary: "The reference price is fresh, and two sources agree where two are asked for.",
  whenReducing: "known",
  codes: {
    REFERENCE_UNKNOWN: "There is no reference price.",
    REFERENCE_STALE: "The reference price is too old to measure an order against.",
    REFERENCE_SOURCES_DISAGREE: "Two sources differ by more than allowed.",
    REFERENCE_SOURCE_MISSING: "A second source is asked for, and there is none that is fresh.",
  },
  evaluate({ references, now, limits }, say) {
    const first = references[0];
    const age = first === undefined ? undefined : Math.max(0, now.mono - first.seenAt);
    const fresh = say.within("maxReferenceAgeMs", age, "REFERENCE_STALE", "REFERENCE_UNKNOWN");
    const bound = limits.maxReferenceAgeMs?.value ?? Number.POSITIVE_INFINITY;
    const others = references.filter((one) => one.source !== first?.source && now.mono - one.seenAt <= bound);
    // One source that agrees is enough: a further one that is off must not turn agreement into doubt.
    const apart =
      first && others.length > 0
        ? Math.min(...others.map((one) => distance(one.against ?? first.price, one.price)))
        : undefined;
    return firstObjection(
      // An old price is a missing input: an order that only reduces must not be held up by it.
      fresh.kind === "DENY" ? say.unknown("REFERENCE_STALE", fresh.values) : fresh,
      say.within("maxSourceSpreadRatio", apart, "REFERENCE_SOURCES_DISAGREE", "REFERENCE_SOURCE_MISSING"),
    );
  },
});

function distance(a: Ticks, b: Ticks): number {
  return Math.abs(a - b) / Math.min(a, b);
}
