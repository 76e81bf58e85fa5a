import { defineCheck, PASS } from "../check.ts";

export const restricted = defineCheck({
  id: "RC-11",
  name: "restricted",
  summary: "The instrument is not on the restricted list.",
  whenReducing: "known",
  codes: {
    RESTRICTED_INSTRUMENT: "The instrument is on the restricted list.",
    RESTRICTED_LIST_UNKNOWN: "The restricted list was not read.",
  },
  evaluate({ permissions, order }, say) {
    if (permissions === undefined) return say.unknown("RESTRICTED_LIST_UNKNOWN");
    if (!permissions.restricted.has(order.terms.instrument)) return PASS;
    return say.deny("RESTRICTED_INSTRUMENT", { instrument: order.terms.instrument });
  },
});
