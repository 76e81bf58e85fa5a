import { applyIndicator, defineStrategy, type Indicator, number, type Series } from "ttt/strategy";

// An indicator of one's own: the range of the day so far. The batch form fills whole columns for a backtest, the
// incremental form goes bar by bar for a live run; both must give the same numbers, and neither may read ahead.
const DAY_MS = 86_400_000;
const dayRange: Indicator = {
  name: "dayRange",
  outputs: ["high", "low"],
  warmUp: () => 0,
  batch([time, high, low], _args, [top, bottom]) {
    const step = dayRange.incremental([]);
    const newest = new Float64Array(2);
    for (let i = 0; i < time!.length; i++) {
      step(Float64Array.of(time![i]!, high![i]!, low![i]!), newest);
      top![i] = newest[0]!;
      bottom![i] = newest[1]!;
    }
  },
  incremental() {
    let day = Number.NaN;
    let [top, bottom] = [0, 0];
    return ([time, high, low], outputs) => {
      const today = Math.floor(time! / DAY_MS);
      if (today !== day) [day, top, bottom] = [today, high!, low!];
      top = Math.max(top, high!);
      bottom = Math.min(bottom, low!);
      outputs[0] = top;
      outputs[1] = bottom;
    };
  },
};

export default defineStrategy({
  name: "session-breakout",
  summary: "Buy a new high of the day with a trailing stop, at most until the day ends",
  params: { trail: number(0.01, { min: 0.001, max: 0.2, summary: "distance of the trailing stop, as a fraction" }) },
  setup({ bars, params }) {
    const [high] = applyIndicator(dayRange, [bars.time, bars.high, bars.low]) as [Series, Series];
    return (bar, broker) => {
      const newDay = Math.floor(bar.time / DAY_MS) !== Math.floor(bars.time.prev / DAY_MS);
      if (newDay) broker.close();
      if (!broker.position.isFlat) return;
      broker.cancelEntries();
      broker.buy({ stop: high.now, trailFraction: params.trail, timeInForce: "day", size: { fraction: 0.9 } });
    };
  },
});
