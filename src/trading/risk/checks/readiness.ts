import { defineCheck, firstObjection, PASS } from "../check.ts";

export const readiness = defineCheck({
  id: "RC-49",
  name: "readiness",
  summary: "The strategy is warm, the books are reconciled, and no order is unresolved.",
  whenReducing: "skip",
  codes: {
    NOT_WARM: "The strategy has not seen enough bars.",
    NOT_RECONCILED: "There is no reconciliation certificate.",
    CERTIFICATE_STALE: "The reconciliation certificate is too old.",
    ORDERS_UNRESOLVED: "It is not known what became of an earlier order.",
  },
  evaluate({ standing }, say) {
    if (!standing.warm) return say.deny("NOT_WARM");
    if (standing.unresolved > 0) return say.deny("ORDERS_UNRESOLVED", { count: standing.unresolved });
    const { certificateAgeMs } = standing;
    if (certificateAgeMs === undefined) return say.deny("NOT_RECONCILED");
    return firstObjection(
      say.within("maxCertificateAgeMs", certificateAgeMs, "CERTIFICATE_STALE", "NOT_RECONCILED"),
      PASS,
    );
  },
});
