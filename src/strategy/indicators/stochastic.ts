import type { Bars } from "../bars.ts";
import { applyIndicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { bySteps } from "./by-steps.ts";
import { extremeOf, meanOf } from "./filters.ts";

export interface Stochastic {
  /** Where the close lies between the lowest low (0) and the highest high (100), smoothed. */
  readonly k: Series;
  /** Mean of `k`. */
  readonly d: Series;
}

/** Stochastic oscillator: over `period` bars, %K smoothed by `smooth` (1 is the fast form), %D its mean over `d`. */
export function stochastic(bars: Bars, period = 14, smooth = 3, d = 3): Stochastic {
  const [k, mean] = applyIndicator(STOCHASTIC, [bars.high, bars.low, bars.close], [period, smooth, d]);
  return { k: k!, d: mean! };
}

export const STOCHASTIC = bySteps({
  name: "stochastic",
  outputs: ["k", "d"],
  warmUp: ([period, smooth, d]) => period! + smooth! + d! - 3,
  incremental([period, smooth, d]) {
    const [top, bottom] = [extremeOf(period!, 1), extremeOf(period!, -1)];
    const [smoothed, mean] = [meanOf(smooth!), meanOf(d!)];
    return ([high, low, close], outputs) => {
      const [highestHigh, lowestLow] = [top(high!), bottom(low!)];
      const range = highestHigh - lowestLow;
      // Without any range the close is nowhere in particular: the middle.
      const k = smoothed(range === 0 ? 50 : (100 * (close! - lowestLow)) / range);
      outputs[0] = k;
      outputs[1] = mean(k);
    };
  },
});
