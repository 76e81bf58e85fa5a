import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calendarOf } from "../../../src/backtest/data/calendar.ts";
import type { Trade } from "../../../src/backtest/result.ts";
import { computeStatistics } from "../../../src/backtest/statistics/compute-statistics.ts";
import { deepest, drawdownsOf, underwater } from "../../../src/backtest/statistics/drawdown.ts";
import { normalCdf, normalQuantile } from "../../../src/backtest/statistics/normal.ts";
import { returnFigures, smallest } from "../../../src/backtest/statistics/return-figures.ts";
import {
  deflatedSharpe,
  expectedBestSharpe,
  probabilisticSharpe,
} from "../../../src/backtest/statistics/significance.ts";
import { closesOnly } from "../../support/market-bars.ts";

const DAY = 86_400_000;

function trade(entryBar: number, exitBar: number, pnl: number): Trade {
  const time = closesOnly(new Array(200).fill(1)).time;
  return {
    symbol: "X",
    entryBar,
    exitBar,
    entryTime: time[entryBar]!,
    exitTime: time[exitBar]!,
    entryPrice: 100,
    exitPrice: 100 + pnl / 10,
    size: 10,
    pnl,
    returnFraction: pnl / 1000,
    commission: 1,
    financing: 0,
    exitReason: "close",
  };
}

function statistics(equity: readonly number[], options: { cash?: number; trades?: Trade[]; closes?: number[] } = {}) {
  const { cash = 1000, trades = [], closes = equity.map((_, i) => 100 + i) } = options;
  const columns = closesOnly(closes);
  const curve = Float64Array.from(equity);
  const figures = {
    trades,
    openTrades: [],
    equity: curve,
    time: columns.time,
    cash,
    finalEquity: equity.at(-1)!,
    firstBar: 0,
  };
  return (convention: "ttt" | "lean" | "freqtrade" | "jesse" = "ttt") =>
    computeStatistics({ result: figures, columns, calendar: calendarOf(columns.time) }, { convention });
}

/** Forty days: up 1 %, down 0.5 %, in turn. The calendar has weekends, so a year is 365 days. */
const zigzag = Array.from(
  { length: 40 },
  (_, i) => 1000 * 1.01 ** Math.ceil((i + 1) / 2) * 0.995 ** Math.floor((i + 1) / 2),
);

describe("calculations by hand", () => {
  test("ratios of a curve that gains 1 % and loses 0.5 % in turn", () => {
    const stats = statistics(zigzag)();
    // Mean (0.01 - 0.005) / 2; deviation 0.0075 about it, over n - 1; downside 0.005 every other day.
    const deviation = 0.0075 * Math.sqrt(40 / 39);
    expect(stats.annualisation.periodsPerYear).toBe(365);
    expect(stats.volatility).toBeCloseTo(deviation * Math.sqrt(365), 10);
    expect(stats.sharpe).toBeCloseTo((0.0025 / deviation) * Math.sqrt(365), 10);
    expect(stats.sortino).toBeCloseTo((0.0025 / (0.005 / Math.SQRT2)) * Math.sqrt(365), 10);
    expect(stats.omega).toBeCloseTo(2, 10);
    expect(stats.totalReturn).toBeCloseTo((1.01 * 0.995) ** 20 - 1, 10);
    expect(stats.annualReturn).toBeCloseTo((1.01 * 0.995) ** (20 * (365 / 40)) - 1, 8);
    expect(stats.cagr).toBeCloseTo((1.01 * 0.995) ** (20 * (365.25 / 39)) - 1, 8);
    expect(stats.maxDrawdown).toBeCloseTo(-0.005, 10);
    expect(stats.calmar).toBeCloseTo(stats.annualReturn! / 0.005, 6);
    expect(stats.valueAtRisk).toBeCloseTo(-0.005, 10);
    expect(stats.expectedShortfall).toBeCloseTo(-0.005, 10);
    expect(stats.skewness).toBeCloseTo(0, 8);
    expect(stats.kurtosis).toBeCloseTo(1, 8);
  });

  test("trades", () => {
    const pnl = [100, -50, 30, 20, -10, -10, 40, 5, -25, 60];
    const stats = statistics(zigzag, { trades: pnl.map((one, i) => trade(3 * i, 3 * i + 1, one)) })();
    expect(stats).toMatchObject({
      trades: 10,
      winRate: 0.6,
      longestWinStreak: 2,
      longestLossStreak: 2,
      bestTrade: 0.1,
      worstTrade: -0.05,
    });
    expect(stats.profitFactor).toBeCloseTo(255 / 95, 10);
    expect(stats.payoffRatio).toBeCloseTo(255 / 6 / (95 / 4), 10);
    expect(stats.expectancy).toBeCloseTo(16, 10);
    expect(stats.kelly).toBeCloseTo(0.6 - 0.4 / (42.5 / 23.75), 10);
    const squares = pnl.reduce((sum, one) => sum + (one - 16) ** 2, 0);
    expect(stats.sqn).toBeCloseTo((Math.sqrt(10) * 16) / Math.sqrt(squares / 9), 10);
    expect(stats.averageTradeDurationMs).toBe(DAY);
    // Two bars of three are in the market, twenty in all.
    expect(stats.exposure).toBe(20 / 40);
    expect(stats.commission).toBe(10);
  });

  test("holding the market itself has a beta of one and no alpha", () => {
    const closes = zigzag.map((value) => value / 7);
    const stats = statistics(zigzag, { cash: zigzag[0]!, closes })();
    expect(stats.beta).toBeCloseTo(1, 10);
    expect(stats.alpha).toBeCloseTo(0, 10);
    expect(stats.buyAndHoldReturn).toBeCloseTo(stats.totalReturn, 10);
  });

  test("trades that overlap count their bars once", () => {
    const trades = [trade(5, 15, 1), trade(10, 12, 1), trade(14, 20, 1), trade(30, 30, 1)];
    expect(statistics(zigzag, { trades })().exposure).toBe((16 + 1) / 40);
  });
});

/** What `start` becomes with these returns, after each of them. */
function compounded(returns: readonly number[], start: number): number[] {
  let value = start;
  return returns.map((one) => {
    value *= 1 + one;
    return value;
  });
}

describe("published values", () => {
  /** The series of empyrical's own tests (`mixed_returns`), and what they expect of it at 252 days a year. */
  const mixed = [0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1];
  const equity = compounded(mixed, 1);

  test("of empyrical: Sharpe, Sortino, volatility, return a year, drawdown, Calmar", () => {
    const { mean, deviation, downside } = returnFigures(Float64Array.from(mixed));
    const yearly = Math.sqrt(252);
    expect((mean / deviation) * yearly).toBeCloseTo(1.7238613961706866, 12);
    expect((mean / downside) * yearly).toBeCloseTo(2.605531251673693, 12);
    expect(deviation * yearly).toBeCloseTo(0.9136465399704637, 12);
    // Their series begins with a row that has no return, and counts it as a period.
    const annual = equity.at(-1)! ** (252 / 9) - 1;
    const depth = deepest(drawdownsOf(equity, 1))!.depth;
    expect(annual).toBeCloseTo(1.9135925373194231, 12);
    expect(depth).toBeCloseTo(0.1, 12);
    expect(annual / depth).toBeCloseTo(19.135925373194233, 10);
  });

  test("the statistics of a run are those figures", () => {
    const curve = Array.from({ length: 6 }, () => mixed).flat();
    const closes = compounded(curve, 1000);
    const stats = statistics(closes)();
    const { mean, deviation, downside, omega } = returnFigures(Float64Array.from(curve));
    expect(stats.sharpe).toBeCloseTo((mean / deviation) * Math.sqrt(365), 9);
    expect(stats.sortino).toBeCloseTo((mean / downside) * Math.sqrt(365), 9);
    // Gains of 19 against losses of 14, in percent.
    expect(omega).toBeCloseTo(19 / 14, 12);
    expect(stats.omega).toBeCloseTo(19 / 14, 9);
    // numpy.quantile of 48 values at 0.05: 2.35 steps into the six of -10 %.
    expect([stats.valueAtRisk, stats.expectedShortfall]).toEqual([expect.closeTo(-0.1, 9), expect.closeTo(-0.1, 9)]);
  });
});

describe("durations, turnover and the market, by hand", () => {
  /** Falls a quarter on the tenth day, is back on the twentieth, falls a tenth on the thirtieth and stays. */
  const curve = Array.from({ length: 40 }, (_, i) =>
    i < 10 ? 1000 : i < 20 ? 750 + (i - 10) * 10 : i < 30 ? 1000 : 900,
  );

  test("drawdowns in days, recovered and not", () => {
    const stats = statistics(curve)();
    expect([stats.maxDrawdown, stats.averageDrawdown]).toEqual([expect.closeTo(-0.25, 12), expect.closeTo(-0.175, 12)]);
    expect([stats.maxDrawdownDurationMs, stats.averageDrawdownDurationMs]).toEqual([11 * DAY, 10.5 * DAY]);
    expect(stats.recoveryMs).toBe(10 * DAY);
    const still = statistics(curve.map((value, i) => (i < 30 ? value : 500)))();
    expect([still.recoveryMs, still.unavailable.recoveryMs]).toEqual([null, "NOT_RECOVERED"]);
  });

  test("turnover is traded value a year over mean equity, the longest and the mean holding time", () => {
    const stats = statistics(
      new Array(40).fill(1000).map((one, i) => one + (i % 2)),
      {
        trades: [trade(0, 1, 10), trade(2, 7, -10)],
      },
    )();
    // Two trades of ten units at 100, out at 101 and 99: 4000 traded in 40 days of a year of 365.
    expect(stats.turnover).toBeCloseTo(4000 / 1000.5 / (40 / 365), 9);
    expect([stats.maxTradeDurationMs, stats.averageTradeDurationMs]).toEqual([5 * DAY, 3 * DAY]);
  });

  test("half the market and a steady gain: beta a half, alpha the gain compounded", () => {
    const market: number[] = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 0.02 : -0.005));
    market[0] = 0;
    const closes = compounded(market, 100);
    const equity = compounded(
      market.map((one) => one / 2 + 0.001),
      1000,
    );
    const stats = statistics(equity, { closes })();
    expect(stats.beta).toBeCloseTo(0.5, 9);
    expect(stats.alpha).toBeCloseTo(1.001 ** 365 - 1, 9);
  });
});

describe("what cannot be told is null, with the reason", () => {
  test("fewer than 30 periods, fewer than 10 trades", () => {
    const stats = statistics(zigzag.slice(0, 29), { trades: [trade(1, 2, 10), trade(3, 4, -5)] })();
    expect([stats.sharpe, stats.winRate, stats.volatility]).toEqual([null, null, null]);
    expect(stats.unavailable).toMatchObject({ sharpe: "FEWER_THAN_30_PERIODS", winRate: "FEWER_THAN_10_TRADES" });
    expect(stats.totalReturn).toBeCloseTo(zigzag[28]! / 1000 - 1);
  });

  test("no trades and an equity that never changes", () => {
    const stats = statistics(new Array(50).fill(1000))();
    expect([stats.sharpe, stats.bestTrade, stats.calmar]).toEqual([null, null, null]);
    expect(stats.unavailable).toMatchObject({ sharpe: "NO_VARIATION", bestTrade: "NO_TRADES" });
    expect([stats.maxDrawdown, stats.totalReturn]).toEqual([0, 0]);
  });

  test("only wins have no profit factor, a curve that only rises has no drawdown", () => {
    const rising = Array.from({ length: 50 }, (_, i) => 1000 + i * (i % 3 === 0 ? 1 : 1.0001));
    const trades = Array.from({ length: 12 }, (_, i) => trade(i, i + 1, 5 + i));
    expect(statistics(rising, { trades })().unavailable).toMatchObject({
      profitFactor: "NO_LOSSES",
      calmar: "NO_DRAWDOWN",
    });
  });

  test("nothing that is shown is ever NaN or infinite", () => {
    const value = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (equity) => {
        for (const convention of ["ttt", "lean", "freqtrade", "jesse"] as const) {
          const stats = statistics(equity, { trades: equity.length > 5 ? [trade(1, 3, 5), trade(2, 5, -5)] : [] })(
            convention,
          );
          for (const one of Object.values(stats)) if (typeof one === "number") expect(Number.isFinite(one)).toBe(true);
        }
      }),
    );
  });
});

describe("other conventions, by their own formulas", () => {
  const returns = zigzag.map((value, i) => value / (zigzag[i - 1] ?? 1000) - 1);
  const mean = returns.reduce((a, b) => a + b) / 40;
  const sample = Math.sqrt(returns.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 39);

  test("LEAN compounds the mean, and takes 252 days and the losses' own deviation", () => {
    const uneven = zigzag.map((value, i) => (i > 20 ? value * 0.99 : value));
    const stats = statistics(uneven)("lean");
    const daily = uneven.map((value, i) => value / (uneven[i - 1] ?? 1000) - 1);
    const average = daily.reduce((a, b) => a + b) / 40;
    const deviationOf = (values: number[]) => {
      const center = values.reduce((a, b) => a + b) / values.length;
      return Math.sqrt(values.reduce((sum, one) => sum + (one - center) ** 2, 0) / (values.length - 1));
    };
    const performance = (1 + average) ** 252 - 1;
    expect(stats.sharpe).toBeCloseTo(performance / (deviationOf(daily) * Math.sqrt(252)), 8);
    expect(stats.sortino).toBeCloseTo(performance / (deviationOf(daily.filter((one) => one < 0)) * Math.sqrt(252)), 6);
    const annual = (uneven.at(-1)! / 1000) ** (365 / 39) - 1;
    expect([stats.volatility, stats.cagr]).toEqual([
      expect.closeTo(deviationOf(daily) * Math.sqrt(252), 10),
      expect.closeTo(annual, 8),
    ]);
  });

  test("Jesse annualises daily balances by 365", () => {
    const stats = statistics(zigzag)("jesse");
    expect(stats.sharpe).toBeCloseTo((mean / sample) * Math.sqrt(365), 8);
    const downside = Math.sqrt(returns.reduce((sum, one) => sum + Math.min(one, 0) ** 2, 0) / 40);
    expect(stats.sortino).toBeCloseTo((mean / downside) * Math.sqrt(365), 8);
    const cagr = (zigzag.at(-1)! / 1000) ** (365 / 39) - 1;
    expect([stats.cagr, stats.calmar]).toEqual([expect.closeTo(cagr, 8), expect.closeTo(cagr / 0.005, 5)]);
  });

  test("freqtrade spreads the trades' profits over the days of the run", () => {
    const pnl = [100, -50, 30, -20];
    const stats = statistics(zigzag, { trades: pnl.map((one, i) => trade(i, i + 1, one)) })("freqtrade");
    const profits = pnl.map((one) => one / 1000);
    const center = profits.reduce((a, b) => a + b) / 4;
    const population = Math.sqrt(profits.reduce((sum, one) => sum + (one - center) ** 2, 0) / 4);
    expect(stats.sharpe).toBeCloseTo((0.06 / 39 / population) * Math.sqrt(365), 10);
    const losses = [-0.05, -0.02];
    expect(stats.sortino).toBeCloseTo((0.06 / 39 / ((losses[1]! - losses[0]!) / 2)) * Math.sqrt(365), 10);
    expect(stats.sqn).toBeCloseTo((2 * center) / population, 10);
    expect(stats.calmar).toBeCloseTo(((0.06 / 39) * 100 * Math.sqrt(365)) / (50 / 1100), 8);
    // The balance goes 1100, 1050, 1080, 1060: 50 below the top is the deepest in cash.
    expect(stats.maxDrawdown).toBeCloseTo(-50 / 1100, 10);
    expect(statistics(zigzag, { trades: [trade(1, 2, 5)] })("freqtrade").sharpe).toBe(-100);
  });
});

describe("drawdowns", () => {
  test("begin at a peak, and end where it is reached again", () => {
    expect(drawdownsOf([10, 12, 9, 11, 12, 6, 8], 10)).toEqual([
      { depth: 0.25, peak: 1, trough: 2, recovery: 4 },
      { depth: 0.5, peak: 4, trough: 5, recovery: undefined },
    ]);
    expect(drawdownsOf([9, 10, 11], 10)).toEqual([
      { depth: expect.closeTo(0.1, 12), peak: -1, trough: 0, recovery: 1 },
    ]);
  });

  test("the deepest one is the lowest point under water", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 1 }), (curve) => {
        const low = Math.min(...underwater(Float64Array.from(curve), 500));
        expect(deepest(drawdownsOf(curve, 500))?.depth ?? 0).toBeCloseTo(-low, 12);
      }),
    );
  });
});

describe("the normal distribution and the Sharpe ratio's significance", () => {
  test.each([
    [0, 0.5],
    [1.959963984540054, 0.975],
    [-1.6448536269514722, 0.05],
    [3, 0.9986501019683699],
    [-6, 9.865876450376981e-10],
  ])("at %d it is %d", (x, p) => {
    expect(normalCdf(x) / p).toBeCloseTo(1, 10);
    expect(normalQuantile(p)).toBeCloseTo(x, 8);
  });

  test("the published example: a ratio of 2.5 a year over five years, best of a hundred, is significant at 90 %", () => {
    // Bailey and López de Prado (2014), numerical example: 1250 days, skewness -3, kurtosis 10, variance of trials 1/2.
    const sample = { sharpe: 2.5 / Math.sqrt(250), periods: 1250, skewness: -3, kurtosis: 10 };
    const best = expectedBestSharpe(100, 0.5 / 250);
    expect(best).toBeCloseTo(0.1132, 4);
    expect(probabilisticSharpe(sample, best)).toBeCloseTo(0.9004, 4);
  });

  test("more trials make the same ratio less convincing; one trial changes nothing", () => {
    const sample = { sharpe: 0.1, periods: 500, skewness: 0, kurtosis: 3 };
    const trials = (count: number) => Array.from({ length: count }, (_, i) => 0.05 * Math.sin(i * 7.7));
    const values = [2, 10, 100, 1000].map((count) => deflatedSharpe(sample, trials(count)));
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(deflatedSharpe(sample, [0.1])).toBe(probabilisticSharpe(sample));
  });
});

test("the smallest values are those that sorting finds", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true }), { minLength: 1 }),
      fc.integer({ min: 1, max: 120 }),
      (values, count) => {
        const sorted = Float64Array.from(values).sort().subarray(0, count);
        expect(smallest(Float64Array.from(values), count)).toEqual(sorted);
      },
    ),
  );
});

test("moments of a known series", () => {
  const { mean, deviation, skewness, kurtosis } = returnFigures(Float64Array.of(2, 8, 0, 4, 1, 9, 9, 0));
  expect([mean, deviation ** 2]).toEqual([4.125, expect.closeTo(15.8392857, 6)]);
  // The example of scipy.stats.skew; the kurtosis by its definition.
  expect([skewness, kurtosis]).toEqual([expect.closeTo(0.2650554, 6), expect.closeTo(1.3339989, 6)]);
});
