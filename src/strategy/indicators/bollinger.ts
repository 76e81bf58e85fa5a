import { applyIndicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { bySteps } from "./by-steps.ts";
import { Moments } from "./moments.ts";

export interface Band {
  readonly upper: Series;
  readonly middle: Series;
  readonly lower: Series;
}

/** Bollinger bands: the mean of `period` values, and `deviations` population standard deviations around it. */
export function bollinger(input: Series, period = 20, deviations = 2): Band {
  const [upper, middle, lower] = applyIndicator(BOLLINGER, [input], [period, deviations]);
  return { upper: upper!, middle: middle!, lower: lower! };
}

export const BOLLINGER = bySteps({
  name: "bollinger",
  outputs: ["upper", "middle", "lower"],
  warmUp: ([period]) => period! - 1,
  incremental([period, deviations]) {
    const moments = new Moments(period!);
    return ([value], outputs) => {
      moments.push(value!);
      const middle = moments.full ? moments.mean : Number.NaN;
      const width = deviations! * Math.sqrt(moments.variance(0));
      outputs[0] = middle + width;
      outputs[1] = middle;
      outputs[2] = middle - width;
    };
  },
});
