import { applyIndicator, type Indicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { bySteps } from "./by-steps.ts";
import { meanOf } from "./filters.ts";

/** Simple moving average of the last `period` values. */
export function sma(input: Series, period: number): Series {
  return applyIndicator(SMA, [input], [period])[0]!;
}

const STEPPED = bySteps({
  name: "sma",
  warmUp: ([period]) => period! - 1,
  incremental([period]) {
    const mean = meanOf(period!);
    return (inputs, outputs) => {
      outputs[0] = mean(inputs[0]!);
    };
  },
});

/** The most used indicator has a batch form of its own, several times faster than its steps and equal to the bit. */
export const SMA: Indicator = {
  ...STEPPED,
  batch(inputs, args, outputs) {
    const [input, period, output] = [inputs[0]!, args[0]!, outputs[0]!];
    const start = warmUpLength(input);
    if (input.subarray(start).some(Number.isNaN)) STEPPED.batch(inputs, args, outputs);
    else slide(input, start, period, output);
  },
};

function warmUpLength(input: Float64Array): number {
  const first = input.findIndex((value) => !Number.isNaN(value));
  return first === -1 ? input.length : first;
}

/** The running sum is made exact again once in `period` bars, so that rounding does not pile up. */
function slide(input: Float64Array, start: number, period: number, output: Float64Array): void {
  output.fill(Number.NaN, 0, Math.min(input.length, start + period - 1));
  let sum = 0;
  let untilExact = period;
  for (let i = start; i < input.length; i++) {
    if (i >= start + period) sum -= input[i - period]!;
    sum += input[i]!;
    if (--untilExact === 0) {
      untilExact = period;
      sum = 0;
      for (let j = i - period + 1; j <= i; j++) sum += input[j]!;
    }
    if (i >= start + period - 1) output[i] = sum / period;
  }
}
