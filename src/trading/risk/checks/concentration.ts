import { defineCheck } from "../check.ts";
import { holdingExposure } from "../exposure.ts";

export const concentration = defineCheck({
  id: "RC-34",
  name: "concentration",
  summary: "No instrument and no sector holds too large a share of equity.",
  whenReducing: "skip",
  codes: {
    CONCENTRATION_ABOVE_LIMIT: "The instrument's sector would hold too large a share of equity.",
    CONCENTRATION_UNKNOWN: "A position, a price or the account is not known.",
  },
  evaluate(context, say) {
    const { account, instrument, conversion } = context;
    if (account === undefined || instrument === undefined || conversion === undefined) {
      return say.within("maxConcentrationRatio", undefined, "CONCENTRATION_ABOVE_LIMIT", "CONCENTRATION_UNKNOWN");
    }
    const group = context.holdings.filter(
      ({ instrument: held }) =>
        held.id === instrument.id || (held.sector !== undefined && held.sector === instrument.sector),
    );
    let gross = account.others.get(instrument.id)?.gross ?? 0;
    for (const holding of group) gross += (holdingExposure(context, holding)?.gross ?? Number.NaN) * conversion.rate;
    const share = gross / Math.max(1, account.equity);
    const values = { instrument: instrument.id };
    return say.within("maxConcentrationRatio", share, "CONCENTRATION_ABOVE_LIMIT", "CONCENTRATION_UNKNOWN", values);
  },
});
