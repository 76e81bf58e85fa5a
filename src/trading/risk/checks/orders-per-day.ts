import { defineCheck } from "../check.ts";

export const ordersPerDay = defineCheck({
  id: "RC-41",
  name: "orders-per-day",
  summary: "Not more orders in a day than allowed.",
  whenReducing: "skip",
  codes: {
    ORDERS_PER_DAY_ABOVE_LIMIT: "The day's orders are used up.",
    ORDERS_PER_DAY_UNKNOWN: "The day's orders were not counted.",
  },
  evaluate: ({ flow }, say) =>
    say.within("maxOrdersPerDay", flow.sentToday + 1, "ORDERS_PER_DAY_ABOVE_LIMIT", "ORDERS_PER_DAY_UNKNOWN"),
});
