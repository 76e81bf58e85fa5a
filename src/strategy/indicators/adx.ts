import type { Bars } from "../bars.ts";
import { applyIndicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { trueRangeOf } from "./atr.ts";
import { bySteps } from "./by-steps.ts";
import { wilderOf } from "./filters.ts";

export interface Adx {
  /** Strength of the trend, 0 to 100, whatever its direction. */
  readonly adx: Series;
  readonly plusDi: Series;
  readonly minusDi: Series;
}

/** Wilder's average directional index with its two directional indicators. */
export function adx(bars: Bars, period = 14): Adx {
  const [index, plusDi, minusDi] = applyIndicator(ADX, [bars.high, bars.low, bars.close], [period]);
  return { adx: index!, plusDi: plusDi!, minusDi: minusDi! };
}

export const ADX = bySteps({
  name: "adx",
  outputs: ["adx", "plusDi", "minusDi"],
  warmUp: ([period]) => 2 * period! - 1,
  incremental([period]) {
    const trueRange = trueRangeOf();
    const [range, plus, minus, average] = [wilderOf(period!), wilderOf(period!), wilderOf(period!), wilderOf(period!)];
    let [previousHigh, previousLow] = [Number.NaN, Number.NaN];
    return ([high, low, close], outputs) => {
      const up = high! - previousHigh;
      const down = previousLow - low!;
      previousHigh = high!;
      previousLow = low!;
      const reach = range(trueRange(high!, low!, close!));
      const rise = plus(Number.isNaN(up) ? up : up > down && up > 0 ? up : 0);
      const fall = minus(Number.isNaN(down) ? down : down > up && down > 0 ? down : 0);
      const plusDi = reach === 0 ? 0 : (100 * rise) / reach;
      const minusDi = reach === 0 ? 0 : (100 * fall) / reach;
      const total = plusDi + minusDi;
      outputs[0] = average(total === 0 ? 0 : (100 * Math.abs(plusDi - minusDi)) / total);
      outputs[1] = plusDi;
      outputs[2] = minusDi;
    };
  },
});
