import { runBacktest } from "../../src/backtest/run.ts";
import { minuteBars } from "../support/bars.ts";
import type { Bench } from "./bench.ts";
import { cross } from "./strategies.ts";

const BARS = 1_000_000;
const COLUMNS = 3;
/** A trade is eight numbers; while their list grows, the old half is there as well. */
const BYTES_PER_TRADE = 8 * 8 * 3;
/** What a process takes whatever it runs: compiled code, the objects of the run. */
const FIXED_BYTES = 8 * 1024 * 1024;

export const memory: Bench = {
  id: "BP-06",
  title: "memory of one run beyond its bars, 1,000,000 bars",
  measure() {
    const data = [{ symbol: "BENCH", columns: minuteBars(BARS, "bench") }];
    globalThis.gc?.();
    const before = bytes();
    const result = runBacktest({ strategy: cross, data, spec: { commission: 0.001 } });
    // All columns that were ever made, whether they are still held or not; of the small objects those that are.
    const { external } = process.memoryUsage();
    globalThis.gc?.();
    const used = external + process.memoryUsage().heapUsed - before;
    const allowed = COLUMNS * 8 * BARS + BYTES_PER_TRADE * result.trades.length + FIXED_BYTES;
    const ratio = used / allowed;
    return [
      {
        id: "BP-06",
        median: used,
        spread: 0,
        unit: "bytes",
        ratio,
        mark: 1,
        pass: ratio <= 1,
        repetitions: 1,
        notes: { columns: Number((used / (8 * BARS)).toFixed(2)), trades: result.trades.length },
      },
    ];
  },
};

function bytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
