import { crossings } from "../crossings.ts";
import { defineStrategy } from "../define-strategy.ts";
import { sma } from "../indicators/sma.ts";
import { onlyWhen } from "../only-when.ts";
import { integer, number } from "../params.ts";
import { allOrUnits } from "./size.ts";

/**
 * Buys when the fast average of the close rises above the slow one, and closes when it falls below it. Long only.
 * It earns in long trends and pays for every change of mind in a market that goes nowhere.
 */
export const smaCross = defineStrategy({
  name: "sma-cross",
  summary: "Buy when a fast moving average crosses above a slow one, close when it crosses below",
  params: {
    fast: integer(10, { min: 1, max: 500, summary: "bars of the fast average" }),
    slow: integer(30, { min: 2, max: 1000, summary: "bars of the slow average" }),
    units: number(0, { min: 0, summary: "units to buy; 0 is all free equity" }),
  },
  check: ({ fast, slow }) => (fast < slow ? undefined : `fast (${fast}) must be below slow (${slow})`),
  setup({ bars, params }) {
    const crossing = crossings(sma(bars.close, params.fast), sma(bars.close, params.slow));
    const order = allOrUnits(params.units);
    return onlyWhen(crossing, (_bar, broker) => {
      if (broker.position.isFlat) {
        if (crossing.now > 0) broker.buy(order);
      } else if (crossing.now < 0) broker.close();
    });
  },
});
