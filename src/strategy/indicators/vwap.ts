import type { Bars } from "../bars.ts";
import { applyIndicator } from "../indicator.ts";
import type { Series } from "../series.ts";
import { bySteps } from "./by-steps.ts";

const DAY_MS = 86_400_000;

/** Volume-weighted average of the typical price since the session began; sessions are `sessionMs` long from UTC midnight. */
export function vwap(bars: Bars, sessionMs = DAY_MS): Series {
  return applyIndicator(VWAP, [bars.time, bars.high, bars.low, bars.close, bars.volume], [sessionMs])[0]!;
}

/** Until a session has seen volume, its average is the typical price of the bar. */
export const VWAP = bySteps({
  name: "vwap",
  warmUp: () => 0,
  incremental([sessionMs]) {
    let session = Number.NaN;
    let [value, volumes] = [0, 0];
    return ([time, high, low, close, volume], outputs) => {
      const current = Math.floor(time! / sessionMs!);
      if (current !== session) [session, value, volumes] = [current, 0, 0];
      const typical = (high! + low! + close!) / 3;
      value += typical * volume!;
      volumes += volume!;
      outputs[0] = volumes > 0 ? value / volumes : typical;
    };
  },
});
