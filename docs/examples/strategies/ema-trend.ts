import { adx, atr, defineStrategy, ema, integer, number } from "ttt/strategy";

// Follows trends in both directions: with the slope of a long average, only when the trend is strong, risking the same
// fraction of equity on every trade.
export default defineStrategy({
  name: "ema-trend",
  summary: "Trade with a long average while the trend is strong, sized by risk",
  params: {
    period: integer(100, { min: 10, max: 500, summary: "bars of the average" }),
    strength: number(20, { min: 0, max: 60, summary: "least ADX" }),
    distance: number(3, { min: 0.5, max: 10, summary: "stop-loss in average true ranges" }),
    risk: number(0.01, { min: 0.001, max: 0.1, summary: "fraction of equity lost when the stop is hit" }),
  },
  setup({ bars, params }) {
    const average = ema(bars.close, params.period);
    const range = atr(bars, 14);
    const trend = adx(bars, 14);
    return (bar, broker) => {
      const rising = average.now > average.prev && bar.close > average.now;
      const falling = average.now < average.prev && bar.close < average.now;
      if (broker.position.isFlat) {
        if (trend.adx.now < params.strength) return;
        const stop = params.distance * range.now;
        // As much as the risk allows, and no more than can be paid for: an order is filled whole or refused.
        const size = Math.floor(Math.min((broker.equity * params.risk) / stop, (0.9 * broker.freeEquity) / bar.close));
        if (!(size >= 1)) return;
        if (rising) broker.buy({ size, sl: bar.close - stop });
        else if (falling) broker.sell({ size, sl: bar.close + stop });
      } else if (broker.position.isLong ? falling : rising) broker.close();
    };
  },
});
