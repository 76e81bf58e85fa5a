// The strategies of the benches, written as any user would: called where the averages cross, or at every bar.
import {
  crossedAbove,
  crossedBelow,
  crossings,
  defineStrategy,
  integer,
  onlyWhen,
  sma,
} from "../../src/strategy/index.ts";

const params = { fast: integer(10, { min: 1 }), slow: integer(30, { min: 1 }) };

/** In and out at the cross of two averages, one unit. */
export const cross = defineStrategy({
  name: "bench-cross",
  params,
  setup({ bars, params: { fast, slow } }) {
    const crossing = crossings(sma(bars.close, fast), sma(bars.close, slow));
    return onlyWhen(crossing, (_bar, broker) => {
      if (broker.position.isFlat) {
        if (crossing.now > 0) broker.buy({ size: 1 });
      } else if (crossing.now < 0) broker.close();
    });
  },
});

/** The same entry, out by a stop-loss of 2 % or a take-profit of 4 % of the signal bar's close. */
export const bracket = defineStrategy({
  name: "bench-bracket",
  params,
  setup({ bars, params: { fast, slow } }) {
    const crossing = crossings(sma(bars.close, fast), sma(bars.close, slow));
    return onlyWhen(crossing, ({ close }, broker) => {
      if (crossing.now > 0 && broker.position.isFlat) broker.buy({ size: 1, sl: close * 0.98, tp: close * 1.04 });
    });
  },
});

/** `cross`, looking at every bar itself. */
export const crossAtEveryBar = defineStrategy({
  name: "bench-cross-at-every-bar",
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

/** `bracket`, looking at every bar itself. */
export const bracketAtEveryBar = defineStrategy({
  name: "bench-bracket-at-every-bar",
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
