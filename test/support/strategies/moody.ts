import { defineStrategy, integer, sma } from "ttt/strategy";

/** Trades by one average, except that some of its values make it throw, never return, or order nonsense. */
export default defineStrategy({
  name: "moody",
  params: { period: integer(5, { min: 1, max: 100 }) },
  setup({ bars, params: { period } }) {
    const mean = sma(bars.close, period);
    return ({ close, index }, broker) => {
      if (period === 13 && index === 50) throw new Error("bad luck");
      if (period === 17 && index === 50) for (;;);
      if (period === 19 && index === 50) broker.buy({ size: Number.NaN });
      if (broker.position.isFlat && close > mean.now) broker.buy({ size: 1 });
      else if (!broker.position.isFlat && close < mean.now) broker.close();
    };
  },
});
