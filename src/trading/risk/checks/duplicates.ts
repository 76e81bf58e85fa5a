import { defineCheck } from "../check.ts";
import { contentOf, DUPLICATE_WINDOW_MS } from "../flow.ts";

export const duplicates = defineCheck({
  id: "RC-21",
  name: "duplicates",
  summary: "Not more than a few orders of the same account, instrument, side, quantity and price within the window.",
  whenReducing: "known",
  codes: {
    DUPLICATE_ORDER: "Too many orders of the same content came within the window.",
    DUPLICATES_UNKNOWN: "The recent orders are not known.",
  },
  evaluate({ order, flow, now }, say) {
    const content = contentOf(order.owner.account, order.terms);
    const from = now.mono - DUPLICATE_WINDOW_MS;
    const same = flow.contents.filter((one) => one.content === content && one.at > from).length;
    return say.within("maxDuplicates", same + 1, "DUPLICATE_ORDER", "DUPLICATES_UNKNOWN", {
      windowMs: DUPLICATE_WINDOW_MS,
    });
  },
});
