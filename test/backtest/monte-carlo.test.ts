import { expect, test } from "vitest";
import { monteCarlo } from "../../src/backtest/monte-carlo.ts";
import { foldsOf } from "../../src/backtest/walk-forward.ts";
import { seededRandom } from "../../src/core/random.ts";

const chance = seededRandom(5);
const returns = Float64Array.from({ length: 500 }, () => 0.001 + 0.01 * chance.normal());
const profits = Array.from({ length: 60 }, () => 20 + 100 * chance.normal());
const options = { method: "block" as const, runs: 2000, block: 10, seed: 3 };

test("the actual history is that of the run, and the same seed draws the same", () => {
  const study = monteCarlo({ returns, profits, cash: 1000 }, options);
  expect(study.finalEquity.actual).toBeCloseTo(
    returns.reduce((equity, one) => equity * (1 + one), 1000),
    6,
  );
  expect(monteCarlo({ returns, profits, cash: 1000 }, options)).toEqual(study);
  expect(monteCarlo({ returns, profits, cash: 1000 }, { ...options, seed: 4 })).not.toEqual(study);
});

test("blocks of one bar spread as independent draws do: the deviation of the log grows with the root of time", () => {
  const { finalEquity } = monteCarlo({ returns, profits, cash: 1 }, { ...options, runs: 20_000, block: 1 });
  const logs = returns.map(Math.log1p);
  const mean = logs.reduce((a, b) => a + b) / 500;
  const deviation = Math.sqrt(logs.reduce((a, b) => a + (b - mean) ** 2, 0) / 500);
  // A normal distribution has 5 % below mean - 1.645 deviations.
  expect(Math.log(finalEquity.p5)).toBeCloseTo(500 * mean - 1.645 * deviation * Math.sqrt(500), 1);
  expect(Math.log(finalEquity.median)).toBeCloseTo(500 * mean, 1);
});

test("trades in another order end at the same equity, and differ in how deep they fall", () => {
  const study = monteCarlo({ returns, profits, cash: 10_000 }, { ...options, method: "trades" });
  const final = 10_000 + profits.reduce((a, b) => a + b);
  for (const value of [study.finalEquity.p5, study.finalEquity.median, study.finalEquity.p95])
    expect(value).toBeCloseTo(final, 6);
  expect(study.maxDrawdown.p5).toBeLessThan(study.maxDrawdown.p95);
});

test("folds follow one another without a gap; training never touches its own test", () => {
  const folds = foldsOf(1000, { train: 300, test: 200, anchored: false });
  expect(folds).toEqual([
    { trainStart: 0, testStart: 300, testEnd: 500 },
    { trainStart: 200, testStart: 500, testEnd: 700 },
    { trainStart: 400, testStart: 700, testEnd: 900 },
    { trainStart: 600, testStart: 900, testEnd: 1000 },
  ]);
  expect(foldsOf(1000, { train: 300, test: 200, anchored: true }).map((fold) => fold.trainStart)).toEqual([0, 0, 0, 0]);
  expect(foldsOf(950, { train: 300, test: 200, anchored: false }).at(-1)!.testEnd).toBe(900);
  expect(() => foldsOf(300, { train: 300, test: 200, anchored: false })).toThrow(/too few bars/);
});
