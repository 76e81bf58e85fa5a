import { defineCheck, PASS } from "../check.ts";

export const release = defineCheck({
  id: "RC-50",
  name: "release",
  summary: "The running build is the approved one.",
  whenReducing: "known",
  codes: {
    BUILD_NOT_APPROVED: "The running build is not the approved one.",
    APPROVED_BUILD_UNKNOWN: "Nothing says which build is approved.",
  },
  evaluate({ standing: { buildHash, approvedBuildHash } }, say) {
    if (approvedBuildHash === undefined) return say.unknown("APPROVED_BUILD_UNKNOWN");
    if (buildHash === approvedBuildHash) return PASS;
    return say.deny("BUILD_NOT_APPROVED", { build: buildHash, approved: approvedBuildHash });
  },
});
