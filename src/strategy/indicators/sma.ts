import { applyIndicator, type Indicator } from "../indicator.ts";
import type { Series } from "../series.ts";

/** Simple moving average of the last `period` values. */
export function sma(input: Series, period: number): Series {
  return applyIndicator(SMA, [input], [period])[0]!;
}

export const SMA: Indicator = {
  name: "sma",
  warmUp: ([period]) => period! - 1,
  batch([input], [period], [output]) {
    slide(input!, period!, output!);
  },
  incremental([period]) {
    const recent = new Float64Array(period!);
    let count = 0;
    let sum = 0;
    return ([value], outputs) => {
      const slot = count % period!;
      if (count >= period!) sum -= recent[slot]!;
      recent[slot] = value!;
      sum += value!;
      count += 1;
      outputs[0] = count >= period! ? sum / period! : Number.NaN;
    };
  },
};

function slide(input: Float64Array, period: number, output: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < input.length; i++) {
    if (i >= period) sum -= input[i - period]!;
    sum += input[i]!;
    output[i] = i >= period - 1 ? sum / period : Number.NaN;
  }
}
