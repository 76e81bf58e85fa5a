import type { Bars } from "../bars.ts";
import { applyIndicator } from "../indicator.ts";
import type { Band } from "./bollinger.ts";
import { bySteps } from "./by-steps.ts";
import { extremeOf } from "./filters.ts";

/** Donchian channel: the highest high and lowest low of the last `period` bars, and their middle. */
export function donchian(bars: Bars, period = 20): Band {
  const [upper, middle, lower] = applyIndicator(DONCHIAN, [bars.high, bars.low], [period]);
  return { upper: upper!, middle: middle!, lower: lower! };
}

export const DONCHIAN = bySteps({
  name: "donchian",
  outputs: ["upper", "middle", "lower"],
  warmUp: ([period]) => period! - 1,
  incremental([period]) {
    const [top, bottom] = [extremeOf(period!, 1), extremeOf(period!, -1)];
    return ([high, low], outputs) => {
      const [upper, lower] = [top(high!), bottom(low!)];
      outputs[0] = upper;
      outputs[1] = (upper + lower) / 2;
      outputs[2] = lower;
    };
  },
});
