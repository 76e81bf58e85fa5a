import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decimal, duration, moment, percent, short } from "../../../src/backtest/format.ts";
import { escapeHtml, scriptJson } from "../../../src/backtest/html/escape.ts";
import { monthlyReturns } from "../../../src/backtest/html/monthly.ts";
import { page } from "../../../src/backtest/html/page.ts";
import { rollingStatistics } from "../../../src/backtest/html/rolling-statistics.ts";
import { niceTicks, timeTicks } from "../../../src/backtest/html/scale.ts";
import { thin } from "../../../src/backtest/html/thin.ts";
import { timeChart } from "../../../src/backtest/html/time-chart.ts";
import { deviation, mean, returnsOf } from "../../../src/backtest/statistics/moments.ts";

const DAY = 86_400_000;

test("a thinned line keeps its ends, its extremes and its order, and is short", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 5000 }),
      (values) => {
        const kept = thin(values, 300);
        expect(kept.length).toBeLessThanOrEqual(301);
        expect(kept).toEqual([...kept].sort((a, b) => a - b));
        expect([kept[0], kept.at(-1)]).toEqual([0, values.length - 1]);
        const extremes = (all: number[]) => [
          all.reduce((a, b) => Math.min(a, b)),
          all.reduce((a, b) => Math.max(a, b)),
        ];
        expect(extremes(kept.map((i) => values[i]!))).toEqual(extremes(values));
      },
    ),
  );
});

test("a page fetches nothing and says so, and no text can break out of it", () => {
  const chart = timeChart({
    id: "x",
    title: '</title><script>alert("1")</script>',
    time: [0, DAY],
    lines: [{ name: "</script><b>", values: [1, 2], tone: "a" }],
    height: 100,
    unit: "number",
    format: String,
  });
  const html = page("<evil>", chart);
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/(src|href)="(?!data:)/);
  expect(html).not.toContain("<script>alert");
  expect(html).not.toContain("</script><b>");
  expect(html).not.toContain("<evil>");
  expect(escapeHtml(`<&"'>`)).toBe("&lt;&amp;&quot;&#39;&gt;");
  expect(JSON.parse(scriptJson({ a: "</script>" }))).toEqual({ a: "</script>" });
});

test("ticks are round, inside, and not too many", () => {
  expect(niceTicks([0, 1], 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(niceTicks([-0.37, 0.02], 4)).toEqual([-0.3, -0.2, -0.1, 0]);
  expect(timeTicks(Date.UTC(2004, 7, 19), Date.UTC(2013, 2, 1), 9).map(({ label }) => label)).toEqual([
    "2005",
    "2006",
    "2007",
    "2008",
    "2009",
    "2010",
    "2011",
    "2012",
    "2013",
  ]);
  expect(timeTicks(Date.UTC(2020, 0, 1), Date.UTC(2020, 0, 1, 6), 7).map(({ label }) => label)).toEqual([
    "1 Jan",
    "01:00",
    "02:00",
    "03:00",
    "04:00",
    "05:00",
    "06:00",
  ]);
});

test("monthly returns compound to the whole return", () => {
  const time = Float64Array.from({ length: 400 }, (_, i) => Date.UTC(2020, 0, 1) + i * DAY);
  const equity = time.map((_, i) => 1000 * 1.001 ** (i + 1));
  const months = [...monthlyReturns(time, equity, 1000).values()];
  expect(months).toHaveLength(14);
  expect(months.reduce((growth, one) => growth * (1 + one), 1)).toBeCloseTo(equity.at(-1)! / 1000, 9);
});

test("rolling statistics are those of each window", () => {
  const equity = Float64Array.from({ length: 120 }, (_, i) => 1000 + 50 * Math.sin(i / 3) + i);
  const { sharpe, volatility } = rollingStatistics(equity, 1000, 30, 252);
  const returns = returnsOf(equity, 1000);
  expect(sharpe.slice(0, 29).every(Number.isNaN)).toBe(true);
  for (const i of [29, 60, 119]) {
    const window = returns.subarray(i - 29, i + 1);
    expect(volatility[i]).toBeCloseTo(deviation(window, 1) * Math.sqrt(252), 9);
    expect(sharpe[i]).toBeCloseTo((mean(window) / deviation(window, 1)) * Math.sqrt(252), 7);
  }
});

describe("numbers for people", () => {
  test.each([
    [decimal(1234567.891), "1,234,567.89"],
    [decimal(-0.5), "−0.50"],
    [decimal(-0.001), "0.00"],
    [decimal(999.995, 0), "1,000"],
    [decimal(null), "–"],
    [decimal(Number.NaN), "–"],
    [percent(0.1234), "12.3 %"],
    [percent(0.1234, { sign: true }), "+12.3 %"],
    [percent(-12.34), "−1,234.0 %"],
    [short(12_345), "12.35k"],
    [short(-4_100_000), "−4.1M"],
    [duration(584 * DAY), "1y 219d"],
    [duration(90_000), "1m 30s"],
    [duration(null), "–"],
    [moment("2004-08-19T00:00:00.000Z"), "2004-08-19"],
    [moment(Date.UTC(2004, 7, 19, 9, 30)), "2004-08-19 09:30"],
  ])("%s", (written, expected) => {
    expect(written).toBe(expected);
  });
});
