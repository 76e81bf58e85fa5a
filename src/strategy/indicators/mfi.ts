import type { Bars } from "../bars.ts";
import { applyIndicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { bySteps } from "./by-steps.ts";
import { Window } from "./filters.ts";

/** Money flow index: the relative strength index of price times volume, 0 to 100; 50 when no money moved. */
export function mfi(bars: Bars, period = 14): Series {
  return applyIndicator(MFI, [bars.high, bars.low, bars.close, bars.volume], [period])[0]!;
}

export const MFI = bySteps({
  name: "mfi",
  warmUp: ([period]) => period!,
  incremental([period]) {
    const [rising, falling] = [new Window(period!), new Window(period!)];
    let previous = Number.NaN;
    return ([high, low, close, volume], outputs) => {
      const typical = (high! + low! + close!) / 3;
      const flow = typical * volume!;
      const known = !Number.isNaN(previous);
      rising.push(known ? (typical > previous ? flow : 0) : Number.NaN);
      falling.push(known ? (typical < previous ? flow : 0) : Number.NaN);
      previous = typical;
      const total = rising.sum + falling.sum;
      outputs[0] = rising.full ? (total === 0 ? 50 : (100 * rising.sum) / total) : Number.NaN;
    };
  },
});
