import { defineStrategy } from "../define-strategy.ts";
import { Moments } from "../indicators/moments.ts";
import { integer, number } from "../params.ts";

/**
 * Trades two instruments against each other. The spread is the logarithm of the first price over the second; when it
 * is unusually wide the dear one is sold and the cheap one bought for equal money, until the spread is usual again.
 */
export const pairs = defineStrategy({
  name: "pairs",
  summary: "Trade the spread of two instruments when it is unusually wide, until it is usual again",
  params: {
    period: integer(60, { min: 5, max: 2000, summary: "bars over which the spread is judged" }),
    entry: number(2, { min: 0.1, max: 10, summary: "standard deviations at which a trade begins" }),
    exit: number(0.5, { min: 0, max: 10, summary: "standard deviations at which it ends" }),
    stop: number(4, { min: 0.1, max: 20, summary: "standard deviations at which it is given up" }),
    fraction: number(0.45, { min: 0.01, max: 5, summary: "money in each leg, as a fraction of equity" }),
  },
  check: ({ exit, entry, stop }) =>
    exit < entry && entry < stop ? undefined : `exit (${exit}), entry (${entry}) and stop (${stop}) must ascend`,
  setup({ instrument, symbols, params }) {
    if (symbols.length < 2) throw new Error("pairs needs two instruments: give --data twice");
    const [first, second] = [symbols[0]!, symbols[1]!];
    const [a, b] = [instrument(first), instrument(second)];
    const moments = new Moments(params.period);
    /** After giving up, the spread must return before the next trade. */
    let givenUp = false;
    return (_bar, broker) => {
      if (!a.fresh || !b.fresh) return;
      const spread = Math.log(a.close.now / b.close.now);
      moments.push(spread);
      if (!moments.full) return;
      const deviation = Math.sqrt(moments.variance(1));
      const score = deviation === 0 ? 0 : (spread - moments.mean) / deviation;
      const [legA, legB] = [broker.on(first), broker.on(second)];
      const wide = Math.abs(score);
      if (wide <= params.exit) givenUp = false;
      if (legA.position.isFlat && legB.position.isFlat) {
        if (wide < params.entry || wide >= params.stop || givenUp) return;
        const money = { notional: broker.equity * params.fraction };
        const [dear, cheap] = score > 0 ? [legA, legB] : [legB, legA];
        dear.sell({ size: money, tag: "dear" });
        cheap.buy({ size: money, tag: "cheap" });
      } else if (wide <= params.exit || wide >= params.stop) {
        givenUp = wide >= params.stop;
        legA.close();
        legB.close();
      }
    };
  },
});
