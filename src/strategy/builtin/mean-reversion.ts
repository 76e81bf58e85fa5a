import { defineStrategy } from "../define-strategy.ts";
import { sma } from "../indicators/sma.ts";
import { integer, number } from "../params.ts";
import { allOrUnits } from "./size.ts";

/**
 * In a market above its average, places a limit order below the close and waits some bars for the price to fall to it,
 * expecting it to return: a take-profit above the limit, a stop-loss below it.
 */
export const meanReversion = defineStrategy({
  name: "mean-reversion",
  summary: "Buy pullbacks in a rising market by limit order, with stop-loss and take-profit",
  params: {
    period: integer(50, { min: 2, max: 1000, summary: "bars of the average that tells a rising market" }),
    discount: number(0.02, { min: 0.0001, max: 0.9, summary: "how far below the close the limit lies, as a fraction" }),
    stopLoss: number(0.05, {
      min: 0,
      max: 0.99,
      summary: "distance of the stop-loss, as a fraction of the limit; 0 is none",
    }),
    takeProfit: number(0.05, {
      min: 0.0001,
      max: 10,
      summary: "distance of the take-profit, as a fraction of the limit",
    }),
    life: integer(5, { min: 1, max: 1000, summary: "bars that the limit order waits" }),
    units: number(0, { min: 0, summary: "units to buy; 0 is all free equity" }),
  },
  setup({ bars, params, needBars }) {
    // The first average only starts the market's record; judging it begins with the next bar.
    needBars(params.period + 1);
    const average = sma(bars.close, params.period);
    const size = allOrUnits(params.units);
    return (bar, broker) => {
      let waiting = false;
      for (const order of broker.orders) {
        if (order.closes) continue;
        if (bar.index - order.bar >= params.life) order.cancel();
        else waiting = true;
      }
      if (waiting || !broker.position.isFlat || bar.close <= average.now) return;
      const limit = bar.close * (1 - params.discount);
      const stop = params.stopLoss > 0 ? { sl: limit * (1 - params.stopLoss) } : {};
      broker.buy({ ...size, limit, ...stop, tp: limit * (1 + params.takeProfit) });
    };
  },
});
