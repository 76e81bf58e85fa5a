// @ts-check
import { defineStrategy, integer, rsi, sma } from "ttt/strategy";

// Plain JavaScript works as well. Buys dips of a rising market, and leaves when the dip is over or after some bars.
export default defineStrategy({
  name: "rsi-dips",
  summary: "Buy oversold bars above the long average",
  params: {
    trend: integer(200, { min: 20, max: 500 }),
    period: integer(2, { min: 2, max: 30 }),
    below: integer(10, { min: 1, max: 50 }),
    above: integer(60, { min: 40, max: 99 }),
    patience: integer(10, { min: 1, max: 100 }),
  },
  check: ({ below, above }) => (below < above ? undefined : "below must be less than above"),
  setup({ bars, params }) {
    const average = sma(bars.close, params.trend);
    const strength = rsi(bars.close, params.period);
    return (bar, broker) => {
      const trade = broker.trades[0];
      if (trade === undefined) {
        if (bar.close > average.now && strength.now < params.below) broker.buy({ size: { fraction: 0.5 } });
      } else if (strength.now > params.above || bar.index - trade.entryBar >= params.patience) trade.close();
    };
  },
});
