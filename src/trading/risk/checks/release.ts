import { defineCheck } from "../check.ts";

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
    const values = { build: buildHash, approved: approvedBuildHash };
    return buildHash === approvedBuildHash ? say.pass(values) : say.deny("BUILD_NOT_APPROVED", values);
  },
});
