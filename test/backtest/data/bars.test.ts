import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkBars } from "../../../src/backtest/data/check-bars.ts";
import { intervalName, parseInterval } from "../../../src/backtest/data/interval.ts";
import { repairBars } from "../../../src/backtest/data/repair-bars.ts";
import { resampleBars } from "../../../src/backtest/data/resample-bars.ts";
import { sliceByRow, sliceByTime } from "../../../src/backtest/data/slice-bars.ts";
import { syntheticBars } from "../../../src/backtest/data/synthetic-bars.ts";
import type { BarColumns } from "../../../src/trading/bar.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

test("the same seed makes the same bars, another seed others, and all of them pass the checks", () => {
  const options = { bars: 5000, seed: 3, gapChance: 0.01, burstChance: 0.01 };
  expect(syntheticBars(options)).toEqual(syntheticBars(options));
  expect(syntheticBars({ ...options, seed: 4 }).close).not.toEqual(syntheticBars(options).close);
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      expect(checkBars(syntheticBars({ bars: 300, seed, gapChance: 0.05, burstChance: 0.05 })).errors).toBe(0);
    }),
  );
});

test("synthetic weekdays leave out Saturdays and Sundays", () => {
  const { time } = syntheticBars({ bars: 100, intervalMs: DAY, weekdaysOnly: true });
  expect([...time].map((ms) => new Date(ms).getUTCDay()).filter((day) => day === 0 || day === 6)).toEqual([]);
});

describe("repair", () => {
  const cell = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 50 }) },
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
  );
  const row = fc.tuple(fc.integer({ min: 0, max: 20 }), cell, cell, cell, cell, cell);

  test("BT-11 whatever was wrong, repaired bars pass the checks, and good bars stay as they are", () => {
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const column = (i: number, scale = 1) => Float64Array.from(rows, (one) => one[i]! * scale);
        const broken: BarColumns = {
          time: column(0, DAY),
          open: column(1),
          high: column(2),
          low: column(3),
          close: column(4),
          volume: column(5),
        };
        const repaired = repairBars(broken).columns;
        expect(checkBars(repaired).errors).toBe(0);
        expect(repairBars(repaired)).toEqual({
          columns: repaired,
          report: { dropped: 0, filled: 0, sorted: 0, duplicates: 0, widened: 0 },
        });
      }),
    );
  });
});

test("resampling keeps the open, the extremes, the close and the volume of every bucket", () => {
  const fine = syntheticBars({ bars: 1000, startMs: Date.UTC(2020, 0, 1, 0, 3), gapChance: 0.02 });
  const coarse = resampleBars(fine, { kind: "interval", ms: 15 * MINUTE });
  expect(coarse.volume.reduce((a, b) => a + b)).toBeCloseTo(fine.volume.reduce((a, b) => a + b));
  for (const [i, start] of coarse.time.entries()) {
    const part = sliceByTime(fine, start, start + 15 * MINUTE);
    expect(start % (15 * MINUTE)).toBe(0);
    expect([coarse.open[i], coarse.high[i], coarse.low[i], coarse.close[i]]).toEqual([
      part.open[0],
      Math.max(...part.high),
      Math.min(...part.low),
      part.close.at(-1),
    ]);
  }
});

test("weeks begin on Monday, months on the first", () => {
  const daily = syntheticBars({ bars: 90, intervalMs: DAY, startMs: Date.UTC(2020, 0, 1) });
  const weeks = resampleBars(daily, { kind: "interval", ms: 7 * DAY });
  expect(new Set([...weeks.time].map((ms) => new Date(ms).getUTCDay()))).toEqual(new Set([1]));
  const months = resampleBars(daily, { kind: "month" });
  expect([...months.time].map((ms) => new Date(ms).toISOString().slice(0, 10))).toEqual([
    "2020-01-01",
    "2020-02-01",
    "2020-03-01",
  ]);
});

test("intervals are written as they are read", () => {
  for (const text of ["1s", "90s", "1m", "15m", "1h", "4h", "1d", "1w", "1mo"])
    expect(intervalName(parseInterval(text)!)).toBe(text);
  expect(parseInterval("0m")).toBeUndefined();
  expect(parseInterval("fortnight")).toBeUndefined();
});

test("a slice by time is a view from the first bar at or after the start to before the end", () => {
  const bars = syntheticBars({ bars: 10, startMs: 0 });
  expect(sliceByTime(bars, 2 * MINUTE, 5 * MINUTE)).toEqual(sliceByRow(bars, 2, 5));
  expect(sliceByTime(bars, 1, 5 * MINUTE + 1)).toEqual(sliceByRow(bars, 1, 6));
  expect(sliceByTime(bars, 5 * MINUTE, 2 * MINUTE).time).toHaveLength(0);
  expect(sliceByTime(bars, 2 * MINUTE).close.buffer).toBe(bars.close.buffer);
});
