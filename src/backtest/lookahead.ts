import { Series } from "../strategy/series.ts";
import type { IndicatorUse, WholeColumns } from "../strategy/whole-columns.ts";

/** An indicator whose value at a bar is another one when the later bars are cut off. */
export interface ChangedIndicator {
  readonly label: string;
  readonly bar: number;
  readonly whole: number;
  readonly truncated: number;
}

/** How many prefixes of the bars each indicator is computed over again. */
const CUTS = 24;

/**
 * Computes every indicator again over prefixes of its own inputs. Whatever differs has read ahead; an indicator built
 * on another one that reads ahead is not blamed for it.
 */
export function changedIndicators(bars: WholeColumns): ChangedIndicator[] {
  const { length } = Series.valuesOf(bars.close);
  const cuts = Array.from({ length: CUTS }, (_none, cut) => Math.ceil(((cut + 1) * length) / (CUTS + 1)));
  return bars.uses.flatMap((use) => {
    for (const cut of new Set(cuts)) {
      const changed = firstChange(use, cut);
      if (changed !== undefined) return [changed];
    }
    return [];
  });
}

function firstChange(
  { indicator, labels, inputs, args, outputs }: IndicatorUse,
  cut: number,
): ChangedIndicator | undefined {
  const again = outputs.map(() => new Float64Array(cut));
  indicator.batch(
    inputs.map((input) => input.slice(0, cut)),
    args,
    again,
  );
  for (const [slot, whole] of outputs.entries()) {
    const bar = again[slot]!.findIndex((value, index) => !Object.is(value, whole[index]));
    if (bar >= 0) return { label: labels[slot]!, bar, whole: whole[bar]!, truncated: again[slot]![bar]! };
  }
  return undefined;
}
