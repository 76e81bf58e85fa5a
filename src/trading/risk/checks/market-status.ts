import { defineCheck, PASS } from "../check.ts";

export const marketStatus = defineCheck({
  id: "RC-10",
  name: "market-status",
  summary: "The instrument is known and tradable, and the session takes this type of order and the stop it asks for.",
  whenReducing: "apply",
  codes: {
    INSTRUMENT_UNKNOWN: "The instrument has no specification.",
    MARKET_STATUS_UNKNOWN: "Nothing says whether the market is open.",
    MARKET_NOT_OPEN: "The market is closed or halted, or the instrument has expired.",
    ORDER_TYPE_NOT_TAKEN: "The market does not take this type of order now.",
    STOP_LOSS_NOT_TAKEN: "What the order opens is to have a stop-loss, and the market takes no stop orders.",
  },
  evaluate({ instrument, market, order }, say) {
    if (instrument === undefined || instrument.id !== order.terms.instrument) {
      return say.unknown("INSTRUMENT_UNKNOWN", { instrument: order.terms.instrument });
    }
    if (market === undefined) return say.unknown("MARKET_STATUS_UNKNOWN");
    if (market.phase !== "open" && market.phase !== "auction")
      return say.deny("MARKET_NOT_OPEN", { phase: market.phase });
    if (!market.allowedTypes.includes(order.terms.type))
      return say.deny("ORDER_TYPE_NOT_TAKEN", { type: order.terms.type, phase: market.phase });
    // Once the position is there it is too late to find that nothing can protect it.
    if (order.stopWanted && !market.allowedTypes.includes("stop"))
      return say.deny("STOP_LOSS_NOT_TAKEN", { takes: market.allowedTypes.join(", ") });
    return PASS;
  },
});
