import type { Bars } from "../bars.ts";
import { applyIndicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { bySteps } from "./by-steps.ts";
import { wilderOf } from "./filters.ts";

/** Average true range: Wilder's average of how far each bar reached, gaps included. */
export function atr(bars: Bars, period = 14): Series {
  return applyIndicator(ATR, [bars.high, bars.low, bars.close], [period])[0]!;
}

/** The true range: the bar's own range, or the distance to the close before when that is larger. */
export function trueRange(bars: Bars): Series {
  return applyIndicator(TRUE_RANGE, [bars.high, bars.low, bars.close])[0]!;
}

/** The first bar has no close before it, so the first true range is the second bar's. */
export const ATR = bySteps({
  name: "atr",
  warmUp: ([period]) => period!,
  incremental([period]) {
    const range = trueRangeOf();
    const average = wilderOf(period!);
    return ([high, low, close], outputs) => {
      outputs[0] = average(range(high!, low!, close!));
    };
  },
});

export const TRUE_RANGE = bySteps({
  name: "trueRange",
  warmUp: () => 1,
  incremental() {
    const range = trueRangeOf();
    return ([high, low, close], outputs) => {
      outputs[0] = range(high!, low!, close!);
    };
  },
});

/** A fresh true range, bar by bar; NaN for the first. */
export function trueRangeOf(): (high: number, low: number, close: number) => number {
  let previous = Number.NaN;
  return (high, low, close) => {
    const range = Math.max(high - low, Math.abs(high - previous), Math.abs(low - previous));
    previous = close;
    return range;
  };
}
