import { crossedAbove } from "../cross.ts";
import { defineStrategy } from "../define-strategy.ts";
import { sma } from "../indicators/sma.ts";
import { integer, number } from "../params.ts";
import { allOrUnits } from "./size.ts";

/**
 * Buys when the fast average of the close rises above the slow one, with a stop-loss and a take-profit at fixed
 * distances from the close of that bar. Nothing else closes the trade.
 */
export const smaBracket = defineStrategy({
  name: "sma-bracket",
  summary: "Buy when a fast moving average crosses above a slow one, leave by stop-loss or take-profit",
  params: {
    fast: integer(10, { min: 1, max: 500, summary: "bars of the fast average" }),
    slow: integer(30, { min: 2, max: 1000, summary: "bars of the slow average" }),
    stopLoss: number(0.02, {
      min: 0.0001,
      max: 0.99,
      summary: "distance of the stop-loss, as a fraction of the close",
    }),
    takeProfit: number(0.04, {
      min: 0.0001,
      max: 10,
      summary: "distance of the take-profit, as a fraction of the close",
    }),
    units: number(0, { min: 0, summary: "units to buy; 0 is all free equity" }),
  },
  check: ({ fast, slow }) => (fast < slow ? undefined : `fast (${fast}) must be below slow (${slow})`),
  setup({ bars, params }) {
    const fast = sma(bars.close, params.fast);
    const slow = sma(bars.close, params.slow);
    const size = allOrUnits(params.units);
    return (bar, broker) => {
      if (!broker.position.isFlat || !crossedAbove(fast, slow)) return;
      broker.buy({ ...size, sl: bar.close * (1 - params.stopLoss), tp: bar.close * (1 + params.takeProfit) });
    };
  },
});
