import type { Bars } from "../bars.ts";
import { applyIndicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { bySteps } from "./by-steps.ts";

/** On-balance volume: volume added on rising closes and taken away on falling ones, from 0 at the first bar. */
export function obv(bars: Bars): Series {
  return applyIndicator(OBV, [bars.close, bars.volume])[0]!;
}

export const OBV = bySteps({
  name: "obv",
  warmUp: () => 0,
  incremental() {
    let previous = Number.NaN;
    let total = 0;
    return ([close, volume], outputs) => {
      if (close! > previous) total += volume!;
      else if (close! < previous) total -= volume!;
      previous = close!;
      outputs[0] = total;
    };
  },
});
