import { defineCheck } from "../check.ts";

export const drift = defineCheck({
  id: "RC-52",
  name: "drift",
  summary: "Our positions and the venue's differ by no more than allowed.",
  whenReducing: "skip",
  codes: {
    DRIFT_ABOVE_LIMIT: "Our position differs from the venue's.",
    DRIFT_UNKNOWN: "Positions were not compared with the venue's.",
  },
  evaluate: ({ standing }, say) => say.within("maxDriftLots", standing.driftLots, "DRIFT_ABOVE_LIMIT", "DRIFT_UNKNOWN"),
});
