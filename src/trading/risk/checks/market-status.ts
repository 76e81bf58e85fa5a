import { defineCheck, PASS } from "../check.ts";

export const marketStatus = defineCheck({
  id: "RC-10",
  name: "market-status",
  summary: "The instrument is known and tradable, and the session takes this type of order.",
  whenReducing: "apply",
  codes: {
    INSTRUMENT_UNKNOWN: "The instrument has no specification.",
    MARKET_STATUS_UNKNOWN: "Nothing says whether the market is open.",
    MARKET_NOT_OPEN: "The market is closed or halted, or the instrument has expired.",
    ORDER_TYPE_NOT_TAKEN: "The market does not take this type of order now.",
  },
  evaluate({ instrument, market, order }, say) {
    if (instrument === undefined || instrument.id !== order.terms.instrument) {
      return say.unknown("INSTRUMENT_UNKNOWN", { instrument: order.terms.instrument });
    }
    if (market === undefined) return say.unknown("MARKET_STATUS_UNKNOWN");
    if (market.phase !== "open" && market.phase !== "auction")
      return say.deny("MARKET_NOT_OPEN", { phase: market.phase });
    if (market.allowedTypes.includes(order.terms.type)) return PASS;
    return say.deny("ORDER_TYPE_NOT_TAKEN", { type: order.terms.type, phase: market.phase });
  },
});
