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

/** The most used indicator has a batch form of its own, many times faster than its steps and equal to the bit. */
export const SMA: Indicator = {
  ...STEPPED,
  batch(inputs, args, outputs) {
    const [input, period, output] = [inputs[0]!, args[0]!, outputs[0]!];
    if (!slide(input, warmUpLength(input), period, output)) STEPPED.batch(inputs, args, outputs);
  },
};

function warmUpLength(input: Float64Array): number {
  for (let i = 0; i < input.length; i++) if (!Number.isNaN(input[i]!)) return i;
  return input.length;
}

/**
 * The running sum is made exact again once in `period` bars, so that rounding does not pile up.
 * Returns false when it met a NaN, which a running sum does not get over.
 */
function slide(input: Float64Array, start: number, period: number, output: Float64Array): boolean {
  const { length } = input;
  output.fill(Number.NaN, 0, Math.min(length, start + period - 1));
  for (let exact = start + period - 1; exact < length; exact += period) {
    let sum = 0;
    for (let i = exact - period + 1; i <= exact; i++) sum += input[i]!;
    output[exact] = sum / period;
    const end = Math.min(exact + period, length);
    for (let i = exact + 1; i < end; i++) {
      sum += input[i]! - input[i - period]!;
      output[i] = sum / period;
    }
    if (Number.isNaN(sum)) return false;
  }
  return true;
}
