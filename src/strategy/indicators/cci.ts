import type { Bars } from "../bars.ts";
import { applyIndicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { bySteps } from "./by-steps.ts";
import { Window } from "./filters.ts";

/** Lambert's constant: it puts most values between -100 and 100. */
const SCALE = 0.015;

/** Commodity channel index: distance of the typical price from its mean, in mean absolute deviations. */
export function cci(bars: Bars, period = 20): Series {
  return applyIndicator(CCI, [bars.high, bars.low, bars.close], [period])[0]!;
}

export const CCI = bySteps({
  name: "cci",
  warmUp: ([period]) => period! - 1,
  incremental([period]) {
    const window = new Window(period!);
    return ([high, low, close], outputs) => {
      const typical = (high! + low! + close!) / 3;
      window.push(typical);
      if (!window.full) {
        outputs[0] = Number.NaN;
        return;
      }
      const mean = window.sum / period!;
      let deviation = 0;
      for (const value of window.values) deviation += Math.abs(value - mean);
      outputs[0] = deviation === 0 ? 0 : (typical - mean) / (SCALE * (deviation / period!));
    };
  },
});
