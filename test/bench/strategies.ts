// The strategies of the benches, written as any user would.
import { crossedAbove, crossedBelow, defineStrategy, integer, sma } from "../../src/strategy/index.ts";

const params = { fast: integer(10, { min: 1 }), slow: integer(30, { min: 1 }) };

/** In and out at the cross of two averages, one unit. */
export const cross = defineStrategy({
  name: "bench-cross",
  params,
  setup({ bars, params: { fast, slow } }) {
    const quick = sma(bars.close, fast);
    const calm = sma(bars.close, slow);
    return (_bar, broker) => {
      if (broker.position.isFlat) {
        if (crossedAbove(quick, calm)) broker.buy({ size: 1 });
      } else if (crossedBelow(quick, calm)) broker.close();
    };
  },
});

/** The same entry, out by a stop-loss of 2 % or a take-profit of 4 % of the signal bar's close. */
export const bracket = defineStrategy({
  name: "bench-bracket",
  params,
  setup({ bars, params: { fast, slow } }) {
    const quick = sma(bars.close, fast);
    const calm = sma(bars.close, slow);
    return ({ close }, broker) => {
      if (broker.position.isFlat && crossedAbove(quick, calm)) {
        broker.buy({ size: 1, sl: close * 0.98, tp: close * 1.04 });
      }
    };
  },
});
