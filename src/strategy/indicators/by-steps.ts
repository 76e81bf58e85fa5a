import type { Indicator, IndicatorStep } from "../indicator.ts";

/** An indicator that is written once, bar by bar; its batch form takes the same steps, so the two agree to the bit. */
export type SteppedIndicator = Omit<Indicator, "batch">;

/** Completes an indicator that has only its incremental form. */
export function bySteps(indicator: SteppedIndicator): Indicator {
  return {
    ...indicator,
    writesAll: true,
    batch(inputs, args, outputs) {
      takeSteps(indicator.incremental(args), inputs, outputs);
    },
  };
}

function takeSteps(step: IndicatorStep, inputs: readonly Float64Array[], outputs: readonly Float64Array[]): void {
  const newest = new Float64Array(inputs.length);
  const made = new Float64Array(outputs.length);
  const length = inputs[0]!.length;
  for (let i = 0; i < length; i++) {
    for (let slot = 0; slot < newest.length; slot++) newest[slot] = inputs[slot]![i]!;
    step(newest, made);
    for (let slot = 0; slot < made.length; slot++) outputs[slot]![i] = made[slot]!;
  }
}

/** One number in, one number out, with a memory: what indicators are put together from. NaN out means "not yet". */
export type Filter = (value: number) => number;

/** An indicator of one input and one output, from a filter. */
export function byFilter(
  name: string,
  warmUp: Indicator["warmUp"],
  filterOf: (...args: number[]) => Filter,
): Indicator {
  return bySteps({
    name,
    warmUp,
    incremental(args) {
      const filter = filterOf(...args);
      return (inputs, outputs) => {
        outputs[0] = filter(inputs[0]!);
      };
    },
  });
}
