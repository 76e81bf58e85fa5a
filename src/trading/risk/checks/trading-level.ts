import { defineCheck } from "../check.ts";
import { onlyReduces, positionOf } from "../exposure.ts";

export const tradingLevel = defineCheck({
  id: "RC-01",
  name: "trading-level",
  summary: "The trading level allows it, under a permit and a lease that hold.",
  whenReducing: "apply",
  codes: {
    KILL_BLOCKED: "The level of a scope of this order forbids it.",
    PERMIT_EXPIRED: "There is no permit that still holds.",
    LEASE_EXPIRED: "There is no lease that still holds.",
  },
  evaluate(context, say) {
    const { level, levelScope, epoch, permitLeftMs, leaseLeftMs } = context.standing;
    if (permitLeftMs === undefined || permitLeftMs <= 0)
      return say.deny("PERMIT_EXPIRED", { leftMs: permitLeftMs ?? 0 });
    if (leaseLeftMs === undefined || leaseLeftMs <= 0) return say.deny("LEASE_EXPIRED", { leftMs: leaseLeftMs ?? 0 });
    const reduces = onlyReduces(positionOf(context), context.open, context.order.terms);
    const values = { scope: levelScope, level, epoch };
    return level === "RUN" || (level === "REDUCE_ONLY" && reduces)
      ? say.pass(values)
      : say.deny("KILL_BLOCKED", values);
  },
});
