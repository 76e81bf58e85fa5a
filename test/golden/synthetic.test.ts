import { describe, expect, test } from "vitest";
import { runBacktest } from "../../src/backtest/run.ts";
import type { RunResult } from "../../src/backtest/run-result.ts";
import { crossedAbove, crossedBelow } from "../../src/strategy/cross.ts";
import { type AnyStrategy, defineStrategy } from "../../src/strategy/define-strategy.ts";
import { sma } from "../../src/strategy/indicators/sma.ts";
import { integer } from "../../src/strategy/params.ts";
import { IndicatorCache } from "../../src/strategy/whole-columns.ts";
import { goldenBars, goldenFolder } from "../support/golden.ts";

const folder = goldenFolder();
const params = { fast: integer(10), slow: integer(30) };

/** In and out at the cross of two averages, one unit. */
const cross = defineStrategy({
  name: "cross",
  params,
  setup({ bars, params: { fast, slow } }) {
    const quick = sma(bars.close, fast);
    const calm = sma(bars.close, slow);
    return (_bar, broker) => {
      if (broker.position.isFlat) {
        if (crossedAbove(quick, calm)) broker.buy({ size: 1 });
      } else if (crossedBelow(quick, calm)) broker.close();
    };
  },
});

/** The same entry, out by a stop-loss of 2 % or a take-profit of 4 % of the signal bar's close. */
const bracket = defineStrategy({
  name: "bracket",
  params,
  setup({ bars, params: { fast, slow } }) {
    const quick = sma(bars.close, fast);
    const calm = sma(bars.close, slow);
    return ({ close }, broker) => {
      if (!broker.position.isFlat || !crossedAbove(quick, calm)) return;
      broker.buy({ size: 1, sl: close * 0.98, tp: close * 1.04 });
    };
  },
});

describe.skipIf(folder === undefined)("100,000 synthetic bars on which five programs agree", () => {
  test("a cross of averages: trades and final equity", () => {
    const result = run(cross);
    expect([result.tradeLog.length, result.openTrades.length]).toEqual([1958, 1]);
    expect(result.finalEquity / 9616.582233458 - 1).toBeCloseTo(0, 9);
  });

  test("the same with a bracket", () => {
    const result = run(bracket);
    expect([result.tradeLog.length, result.openTrades.length]).toEqual([121, 1]);
    expect(result.finalEquity / 9950.5862835625 - 1).toBeCloseTo(0, 9);
  });

  test("all 380 pairs of lengths: trades and final equities summed, each average computed once", () => {
    const cache = new IndicatorCache();
    let trades = 0;
    let equity = 0;
    for (let fast = 5; fast <= 24; fast++) {
      for (let slow = 30; slow <= 120; slow += 5) {
        const result = run(cross, { fast, slow }, cache);
        trades += result.tradeLog.length;
        equity += result.finalEquity;
      }
    }
    expect(trades).toBe(411_720);
    expect(equity / 3723616.31085972 - 1).toBeCloseTo(0, 9);
    expect(cache.computed).toBe(20 + 19);
  });
});

function run(strategy: AnyStrategy, given: Record<string, number> = {}, cache?: IndicatorCache): RunResult {
  return runBacktest({
    strategy,
    params: given,
    data: [{ symbol: "SYN1M", columns: goldenBars(folder!, "data/SYN1M-100k.csv.gz") }],
    spec: { cash: 10_000, commission: 0.001 },
    ...(cache !== undefined && { cache }),
  });
}
