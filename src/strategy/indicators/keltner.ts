import type { Bars } from "../bars.ts";
import { applyIndicator } from "../indicator.ts";
import { trueRangeOf } from "./atr.ts";
import type { Band } from "./bollinger.ts";
import { bySteps } from "./by-steps.ts";
import { exponentialOf, wilderOf } from "./filters.ts";

/** Keltner channel: exponential average of the close, and `factor` average true ranges (over `atrPeriod`) around it. */
export function keltner(bars: Bars, period = 20, factor = 2, atrPeriod = 10): Band {
  const inputs = [bars.high, bars.low, bars.close];
  const [upper, middle, lower] = applyIndicator(KELTNER, inputs, [period, factor, atrPeriod]);
  return { upper: upper!, middle: middle!, lower: lower! };
}

export const KELTNER = bySteps({
  name: "keltner",
  outputs: ["upper", "middle", "lower"],
  warmUp: ([period, _factor, atrPeriod]) => Math.max(period! - 1, atrPeriod!),
  incremental([period, factor, atrPeriod]) {
    const trueRange = trueRangeOf();
    const [average, range] = [exponentialOf(period!), wilderOf(atrPeriod!)];
    return ([high, low, close], outputs) => {
      const middle = average(close!);
      const width = factor! * range(trueRange(high!, low!, close!));
      outputs[0] = middle + width;
      outputs[1] = middle;
      outputs[2] = middle - width;
    };
  },
});
