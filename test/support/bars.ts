import { seededRandom } from "../../src/core/random.ts";
import type { Bar, BarColumns } from "../../src/trading/bar.ts";

/** A random walk of `count` one-minute bars around 100, with gaps; valid bars, the same for the same seed. */
export function randomBars(count: number, seed: number | string, volatility = 0.01): BarColumns {
  const random = seededRandom(seed);
  const columns = emptyBars(count);
  let price = 100;
  for (let i = 0; i < count; i++) {
    const open = price * (1 + 0.3 * volatility * random.normal());
    const close = open * Math.exp(volatility * random.normal());
    columns.time[i] = 1_600_000_000_000 + 60_000 * i;
    columns.open[i] = open;
    columns.close[i] = close;
    columns.high[i] = Math.max(open, close) * (1 + volatility * random.next());
    columns.low[i] = Math.min(open, close) * (1 - volatility * random.next());
    columns.volume[i] = Math.round(1000 * random.next());
    price = close;
  }
  return columns;
}

/** One-minute bars of a calm market, each opening where the one before closed: for measuring, millions of them. */
export function minuteBars(count: number, seed: number | string): BarColumns {
  const random = seededRandom(seed);
  const columns = emptyBars(count);
  let price = 100;
  for (let i = 0; i < count; i++) {
    const open = price;
    price = open * Math.exp(0.0005 * random.normal());
    columns.time[i] = 1_577_836_800_000 + 60_000 * i;
    columns.open[i] = open;
    columns.close[i] = price;
    columns.high[i] = Math.max(open, price) * (1 + 0.0003 * random.next());
    columns.low[i] = Math.min(open, price) * (1 - 0.0003 * random.next());
    columns.volume[i] = Math.round(1000 * random.next());
  }
  return columns;
}

/** Columns of `count` bars, all zero. */
export function emptyBars(count: number): BarColumns {
  const column = () => new Float64Array(count);
  return { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
}

/** Bars from rows of [open, high, low, close], one day apart, volume 1,000. */
export function barsOf(rows: readonly (readonly [number, number, number, number])[], stepMs = 86_400_000): BarColumns {
  const columns = emptyBars(rows.length);
  for (const [i, [open, high, low, close]] of rows.entries()) {
    columns.time[i] = 1_577_836_800_000 + i * stepMs;
    columns.open[i] = open;
    columns.high[i] = high;
    columns.low[i] = low;
    columns.close[i] = close;
    columns.volume[i] = 1000;
  }
  return columns;
}

/** Bars as columns. */
export function columnsOf(bars: readonly Bar[]): BarColumns {
  const columns = emptyBars(bars.length);
  for (const [i, bar] of bars.entries()) {
    columns.time[i] = bar.time;
    columns.open[i] = bar.open;
    columns.high[i] = bar.high;
    columns.low[i] = bar.low;
    columns.close[i] = bar.close;
    columns.volume[i] = bar.volume;
  }
  return columns;
}
