import { defineStrategy } from "../define-strategy.ts";
import { highest } from "../indicators/rolling.ts";
import { integer, number } from "../params.ts";
import { allOrUnits } from "./size.ts";

/**
 * While flat, keeps a buy stop at the highest high of the last bars. The trade it opens carries a stop-loss and a
 * take-profit at fixed distances from that price.
 */
export const breakout = defineStrategy({
  name: "breakout",
  summary: "Buy a break above the highest high, leave by stop-loss or take-profit",
  params: {
    period: integer(20, { min: 2, max: 1000, summary: "bars of the channel" }),
    stopLoss: number(0.03, {
      min: 0.0001,
      max: 0.99,
      summary: "distance of the stop-loss, as a fraction of the entry stop",
    }),
    takeProfit: number(0.06, {
      min: 0.0001,
      max: 10,
      summary: "distance of the take-profit, as a fraction of the entry stop",
    }),
    units: number(0, { min: 0, summary: "units to buy; 0 is all free equity" }),
  },
  setup({ bars, params, needBars }) {
    // A break is of a channel that was already there one bar before.
    needBars(params.period + 1);
    const top = highest(bars.high, params.period);
    const size = allOrUnits(params.units);
    return (_bar, broker) => {
      if (!broker.position.isFlat) return;
      broker.cancelEntries();
      const stop = top.now;
      broker.buy({ ...size, stop, sl: stop * (1 - params.stopLoss), tp: stop * (1 + params.takeProfit) });
    };
  },
});
