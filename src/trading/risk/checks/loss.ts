import { defineCheck, firstObjection } from "../check.ts";

export const loss = defineCheck({
  id: "RC-47",
  name: "loss",
  summary: "The day's loss and the fall from the peak, unrealised profit and fees included, stay within their limits.",
  whenReducing: "skip",
  codes: {
    DAY_LOSS_ABOVE_LIMIT: "The day's loss exceeds the limit.",
    DRAWDOWN_ABOVE_LIMIT: "Equity has fallen too far from its peak.",
    EQUITY_UNKNOWN: "The account's equity is not known.",
  },
  evaluate({ account }, say) {
    const lost = account === undefined ? undefined : account.dayStartEquity - account.equity;
    const fallen = account === undefined ? undefined : 1 - account.equity / Math.max(1, account.peakEquity);
    return firstObjection(
      say.within("maxDayLoss", lost, "DAY_LOSS_ABOVE_LIMIT", "EQUITY_UNKNOWN"),
      say.within("maxDrawdownRatio", fallen, "DRAWDOWN_ABOVE_LIMIT", "EQUITY_UNKNOWN"),
    );
  },
});
