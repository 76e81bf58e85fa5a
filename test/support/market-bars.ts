import { syntheticBars } from "../../src/backtest/data/synthetic-bars.ts";
import type { BarColumns } from "../../src/trading/bar.ts";

/** Bars of a lively made-up market: enough movement for every indicator to have something to say. */
export function livelyBars(bars = 400, seed = 7): BarColumns {
  return syntheticBars({ bars, seed, intervalMs: 3_600_000, volatility: 1.2, burstChance: 0.01 });
}

/** Bars that are points at the given closes, a day apart. */
export function closesOnly(closes: readonly number[]): BarColumns {
  const close = Float64Array.from(closes);
  const time = Float64Array.from(closes, (_, i) => Date.UTC(2020, 0, 1 + i));
  return { time, open: close, high: close, low: close, close, volume: new Float64Array(closes.length).fill(1) };
}
