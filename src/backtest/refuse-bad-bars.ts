import type { BarColumns } from "../trading/bar.ts";
import { checkBars } from "./data/check-bars.ts";
import { badBars } from "./data/data-error.ts";
import type { MarketData } from "./request.ts";

/** Columns that were found good: a sweep looks at them once. */
const good = new WeakSet<BarColumns>();

/** Throws OperatorError `BAD_BARS`, naming the row, unless all bars can be used as they are. */
export function refuseBadBars(data: readonly MarketData[]): void {
  for (const { symbol, columns, finer } of data) {
    for (const bars of finer === undefined ? [columns] : [columns, finer]) {
      if (good.has(bars)) continue;
      if (!looksGood(bars)) throw badBars(symbol, checkBars(bars));
      good.add(bars);
    }
  }
}

/** One quick pass; what it finds is named by the full check. */
function looksGood({ time, open, high, low, close, volume }: BarColumns): boolean {
  let before = -Infinity;
  for (let i = 0; i < time.length; i++) {
    const sum = time[i]! + open[i]! + high[i]! + low[i]! + close[i]! + volume[i]!;
    if (!(sum - sum === 0 && time[i]! > before && high[i]! >= low[i]!)) return false;
    before = time[i]!;
  }
  return true;
}
