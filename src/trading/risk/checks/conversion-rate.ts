import { defineCheck, PASS } from "../check.ts";

export const conversionRate = defineCheck({
  id: "RC-37",
  name: "conversion-rate",
  summary: "The rate from the instrument's currency to the account's is known, positive and fresh.",
  whenReducing: "known",
  codes: {
    RATE_UNKNOWN: "There is no conversion rate.",
    RATE_STALE: "The conversion rate is too old.",
  },
  evaluate({ conversion, now }, say) {
    if (conversion === undefined || !(conversion.rate > 0)) return say.unknown("RATE_UNKNOWN");
    const age = Math.max(0, now.mono - conversion.seenAt);
    const fresh = say.within("maxRateAgeMs", age, "RATE_STALE", "RATE_UNKNOWN");
    return fresh.kind === "PASS" ? PASS : say.unknown("RATE_STALE", { ageMs: age });
  },
});
