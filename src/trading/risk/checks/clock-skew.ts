import { defineCheck } from "../check.ts";

export const clockSkew = defineCheck({
  id: "RC-51",
  name: "clock-skew",
  summary: "Our clock and the venue's differ by no more than allowed.",
  whenReducing: "skip",
  codes: {
    CLOCK_SKEW_ABOVE_LIMIT: "Our clock differs too much from the venue's.",
    CLOCK_SKEW_UNKNOWN: "The venue's time is not known.",
  },
  evaluate({ standing: { clockSkewMs } }, say) {
    const skew = clockSkewMs === undefined ? undefined : Math.abs(clockSkewMs);
    return say.within("maxClockSkewMs", skew, "CLOCK_SKEW_ABOVE_LIMIT", "CLOCK_SKEW_UNKNOWN");
  },
});
