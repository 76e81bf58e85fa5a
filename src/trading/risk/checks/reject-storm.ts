import { defineCheck } from "../check.ts";

export const rejectStorm = defineCheck({
  id: "RC-46",
  name: "reject-storm",
  summary: "The venue has not rejected too many orders within the window.",
  whenReducing: "skip",
  codes: {
    REJECT_STORM: "The venue rejects too many orders.",
    REJECTS_UNKNOWN: "Rejections were not counted.",
  },
  evaluate: ({ flow }, say) => say.within("maxRejects", flow.rejects, "REJECT_STORM", "REJECTS_UNKNOWN"),
});
