import { TIMES_IN_FORCE } from "../../order.ts";
import { defineCheck, PASS } from "../check.ts";

export const timeInForce = defineCheck({
  id: "RC-18",
  name: "time-in-force",
  summary: "The time in force is one the venue takes, and an expiry is there exactly when it is needed and lies ahead.",
  whenReducing: "apply",
  codes: {
    TIME_IN_FORCE_NOT_TAKEN: "The venue does not take this time in force.",
    EXPIRY_MISSING: "A gtd order has no expiry.",
    EXPIRY_SUPERFLUOUS: "Only a gtd order has an expiry.",
    EXPIRY_IN_PAST: "The expiry is not in the future.",
  },
  evaluate({ order: { terms }, market, now }, say) {
    const taken = market?.allowedTimes ?? TIMES_IN_FORCE;
    if (!taken.includes(terms.timeInForce))
      return say.deny("TIME_IN_FORCE_NOT_TAKEN", { timeInForce: terms.timeInForce });
    if (terms.timeInForce !== "gtd") return terms.expiresAt === undefined ? PASS : say.deny("EXPIRY_SUPERFLUOUS");
    if (terms.expiresAt === undefined || Number.isNaN(terms.expiresAt)) return say.deny("EXPIRY_MISSING");
    if (terms.expiresAt > now.wall) return PASS;
    return say.deny("EXPIRY_IN_PAST", { expiresAt: terms.expiresAt, now: now.wall });
  },
});
