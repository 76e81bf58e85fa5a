import { defineStrategy } from "../define-strategy.ts";
import { highest, lowest } from "../indicators/rolling.ts";
import { integer, number } from "../params.ts";

/**
 * The turtles' channel: while flat, a buy stop at the highest high and a sell stop at the lowest low of the entry
 * period; in a position, a stop-loss that follows the opposite end of the shorter exit period and never retreats.
 */
export const channel = defineStrategy({
  name: "channel",
  summary: "Trade breaks of a price channel both ways, trail the stop along a shorter channel",
  params: {
    entry: integer(20, { min: 2, max: 1000, summary: "bars of the entry channel" }),
    exit: integer(10, { min: 1, max: 1000, summary: "bars of the exit channel" }),
    units: number(1, { min: 1e-9, summary: "units to trade" }),
  },
  setup({ bars, params, needBars }) {
    // A break is of a channel that was already there one bar before.
    needBars(Math.max(params.entry, params.exit) + 1);
    const top = highest(bars.high, params.entry);
    const bottom = lowest(bars.low, params.entry);
    const exitTop = highest(bars.high, params.exit);
    const exitBottom = lowest(bars.low, params.exit);
    return (bar, broker) => {
      broker.cancelEntries();
      const trade = broker.trades[0];
      if (trade === undefined) {
        broker.buy({ size: params.units, stop: top.now, tag: "long" });
        broker.sell({ size: params.units, stop: bottom.now, tag: "short" });
        return;
      }
      const stop = trade.size > 0 ? exitBottom.now : exitTop.now;
      const away = trade.size > 0 ? stop < bar.close : stop > bar.close;
      const better = trade.sl === undefined || (trade.size > 0 ? stop > trade.sl : stop < trade.sl);
      if (away && better) trade.sl = stop;
    };
  },
});
