import { defineCheck } from "../check.ts";

export const readiness = defineCheck({
  id: "RC-49",
  name: "readiness",
  summary: "The strategy is warm, the books are reconciled, and no order is unresolved.",
  whenReducing: "known",
  codes: {
    NOT_WARM: "The strategy has not seen enough bars.",
    NOT_RECONCILED: "There is no reconciliation certificate.",
    CERTIFICATE_STALE: "The reconciliation certificate is too old.",
    ORDERS_UNRESOLVED: "It is not known what became of an earlier order.",
  },
  evaluate({ standing }, say) {
    const { certificateAgeMs } = standing;
    // Without a first look at the venue nothing is known, not even what would reduce (KS-04, OL-05).
    if (certificateAgeMs === undefined) return say.deny("NOT_RECONCILED");
    if (!standing.warm) return say.unknown("NOT_WARM");
    if (standing.unresolved > 0) return say.unknown("ORDERS_UNRESOLVED", { count: standing.unresolved });
    const fresh = say.within("maxCertificateAgeMs", certificateAgeMs, "CERTIFICATE_STALE", "NOT_RECONCILED");
    return fresh.kind === "DENY" ? say.unknown("CERTIFICATE_STALE", fresh.values) : fresh;
  },
});
