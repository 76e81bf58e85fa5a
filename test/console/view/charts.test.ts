import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lineChart, rangeOf } from "../../../src/console/view/line-chart.ts";
import { progressBar } from "../../../src/console/view/progress-bar.ts";
import { resample, sparkline } from "../../../src/console/view/sparkline.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });

describe("a line chart", () => {
  test("draws a rising series from the lower left to the upper right", () => {
    expect(lineChart([0, 1, 2, 3, 4, 5, 6, 7], 4, 2)).toEqual(["⠀⠀⡠⠊", "⡠⠊⠀⠀"]);
  });

  test("draws a flat series as one level line in the middle", () => {
    expect(lineChart([5, 5, 5, 5], 2, 2)).toEqual(["⠀⠀", "⠉⠉"]);
  });

  test("joins a jump with a vertical line", () => {
    expect(lineChart([0, 10], 1, 1)).toEqual(["⡸"]);
  });

  test("leaves a gap where a value is missing", () => {
    expect(lineChart([1, Number.NaN, Number.NaN, 1], 2, 1)).toEqual(["⠄⠠"]);
  });

  test("an empty series is an empty rectangle", () => {
    expect(lineChart([], 3, 2)).toEqual(["⠀⠀⠀", "⠀⠀⠀"]);
    expect(rangeOf([])).toEqual({ low: 0, high: 0 });
  });

  test("keeps its size for any series, and its extremes are always drawn", () => {
    const sized = fc.tuple(fc.array(finite, { minLength: 1, maxLength: 500 }), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(sized, fc.integer({ min: 1, max: 10 }), ([values, width], height) => {
        const rows = lineChart(values, width, height);
        expect(rows).toHaveLength(height);
        for (const row of rows) expect([...row]).toHaveLength(width);
        const { low, high } = rangeOf(values);
        if (low < high && values.length >= 2 * width) {
          expect(rows[0]).not.toBe("⠀".repeat(width));
          expect(rows.at(-1)).not.toBe("⠀".repeat(width));
        }
      }),
    );
  });
});

describe("a sparkline", () => {
  test("spans from the lowest to the highest bar", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe("▁▂▃▄▅▆▇█");
    expect(sparkline([3, 3, 3], 8)).toBe("▄▄▄");
    expect(sparkline([], 8)).toBe("");
  });

  test("keeps the ends of a long series", () => {
    const values = resample(
      Array.from({ length: 1000 }, (_, index) => index),
      10,
    );
    expect(values).toHaveLength(10);
    expect([values[0], values.at(-1)]).toEqual([0, 999]);
  });
});

test("a progress bar fills in eighths of a cell and never claims more than is done", () => {
  expect(progressBar(0, 4)).toBe("       0%");
  expect(progressBar(0.5, 4)).toBe("██    50%");
  expect(progressBar(0.999, 4)).toBe("███▉  99%");
  expect(progressBar(7, 4)).toBe("████ 100%");
});
