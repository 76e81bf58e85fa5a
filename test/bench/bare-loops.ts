// What one would write by hand for just this one strategy: no strategy call, no order book, no models.
import type { BarColumns } from "../../src/trading/bar.ts";

export interface BareResult {
  readonly equity: number;
  readonly trades: number;
}

const RATE = 0.001;

/** SMA cross, one unit, long only, filled at the next open: averages, trades and cash in one loop. */
export function bareCross({ open, close }: BarColumns, fast: number, slow: number): BareResult {
  const trades: number[] = [];
  let [cash, held, entry, entryBar, pending] = [10_000, 0, 0, 0, 0];
  let [fastSum, slowSum] = [0, 0];
  let [fastBefore, slowBefore] = [Number.NaN, Number.NaN];
  const count = close.length;
  for (let i = 0; i < count; i++) {
    if (pending !== 0) {
      const price = open[i]!;
      cash -= price * RATE;
      if (pending > 0) {
        held = 1;
        entry = price;
        entryBar = i;
      } else {
        cash += price - entry;
        trades.push(entryBar, i, entry, price);
        held = 0;
      }
      pending = 0;
    }
    fastSum += close[i]!;
    slowSum += close[i]!;
    if (i >= fast) fastSum -= close[i - fast]!;
    if (i >= slow) slowSum -= close[i - slow]!;
    if (i < slow - 1) continue;
    const quick = fastSum / fast;
    const calm = slowSum / slow;
    if (held === 0) {
      if (fastBefore <= slowBefore && quick > calm) pending = 1;
    } else if (fastBefore >= slowBefore && quick < calm) pending = -1;
    fastBefore = quick;
    slowBefore = calm;
  }
  return { equity: cash + (held === 0 ? 0 : close[count - 1]! - entry), trades: trades.length / 4 };
}

/** The same entry while flat; out at a stop-loss of 2 % or a take-profit of 4 % of the signal bar's close. */
export function bareBracket({ open, high, low, close }: BarColumns, fast: number, slow: number): BareResult {
  const trades: number[] = [];
  let [cash, held, entry, entryBar, pending, sl, tp] = [10_000, 0, 0, 0, 0, 0, 0];
  let [fastSum, slowSum] = [0, 0];
  let [fastBefore, slowBefore] = [Number.NaN, Number.NaN];
  const count = close.length;
  for (let i = 0; i < count; i++) {
    if (pending !== 0) {
      held = 1;
      entry = open[i]!;
      entryBar = i;
      cash -= entry * RATE;
      pending = 0;
    }
    if (held !== 0) {
      let exit = Number.NaN;
      if (low[i]! <= sl) exit = Math.min(open[i]!, sl);
      else if (high[i]! >= tp) exit = Math.max(open[i]!, tp);
      if (!Number.isNaN(exit)) {
        cash += exit - entry - exit * RATE;
        trades.push(entryBar, i, entry, exit);
        held = 0;
      }
    }
    fastSum += close[i]!;
    slowSum += close[i]!;
    if (i >= fast) fastSum -= close[i - fast]!;
    if (i >= slow) slowSum -= close[i - slow]!;
    if (i < slow - 1) continue;
    const quick = fastSum / fast;
    const calm = slowSum / slow;
    if (held === 0 && fastBefore <= slowBefore && quick > calm) {
      pending = 1;
      sl = close[i]! * 0.98;
      tp = close[i]! * 1.04;
    }
    fastBefore = quick;
    slowBefore = calm;
  }
  return { equity: cash + (held === 0 ? 0 : close[count - 1]! - entry), trades: trades.length / 4 };
}

/** SMA cross over averages that are there already, for a sweep. */
export function bareCrossOf(
  { open, close }: BarColumns,
  quick: Float64Array,
  calm: Float64Array,
  first: number,
): BareResult {
  const trades: number[] = [];
  let [cash, held, entry, entryBar, pending] = [10_000, 0, 0, 0, 0];
  const count = close.length;
  for (let i = first; i < count; i++) {
    if (pending !== 0) {
      const price = open[i]!;
      cash -= price * RATE;
      if (pending > 0) {
        held = 1;
        entry = price;
        entryBar = i;
      } else {
        cash += price - entry;
        trades.push(entryBar, i, entry, price);
        held = 0;
      }
      pending = 0;
    }
    if (held === 0) {
      if (quick[i]! > calm[i]! && quick[i - 1]! <= calm[i - 1]!) pending = 1;
    } else if (quick[i]! < calm[i]! && quick[i - 1]! >= calm[i - 1]!) pending = -1;
  }
  return { equity: cash + (held === 0 ? 0 : close[count - 1]! - entry), trades: trades.length / 4 };
}

/** A simple moving average by a running sum. */
export function bareAverage(values: Float64Array, period: number): Float64Array {
  const output = new Float64Array(values.length).fill(Number.NaN);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!;
    if (i >= period) sum -= values[i - period]!;
    if (i >= period - 1) output[i] = sum / period;
  }
  return output;
}
