import { defineCheck, PASS } from "../check.ts";

export const deployedStrategy = defineCheck({
  id: "RC-38",
  name: "deployed-strategy",
  summary: "The strategy is in the register, for this instrument, account and venue.",
  whenReducing: "known",
  codes: {
    STRATEGY_NOT_DEPLOYED: "The strategy is not in the register of deployed strategies.",
    STRATEGY_NOT_AUTHORISED: "The register does not allow the strategy this instrument, account or venue.",
    REGISTER_UNKNOWN: "The register was not read.",
  },
  evaluate({ permissions, order: { owner } }, say) {
    if (permissions === undefined) return say.unknown("REGISTER_UNKNOWN");
    const entry = permissions.registration;
    if (entry === undefined) return say.unknown("STRATEGY_NOT_DEPLOYED", { strategy: owner.strategy });
    const missing = [
      entry.instruments.has(owner.instrument) ? "" : "instrument",
      entry.accounts.has(owner.account) ? "" : "account",
      entry.venues.has(owner.venue) ? "" : "venue",
    ].filter((which) => which !== "");
    return missing.length === 0 ? PASS : say.deny("STRATEGY_NOT_AUTHORISED", { missing: missing.join(",") });
  },
});
