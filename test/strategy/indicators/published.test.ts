import {
  BollingerBands,
  StochasticOscillator,
  ADX as TheirAdx,
  ATR as TheirAtr,
  CCI as TheirCci,
  EMA as TheirEma,
  MACD as TheirMacd,
  MFI as TheirMfi,
  OBV as TheirObv,
  RSI as TheirRsi,
  SMA as TheirSma,
  WSMA as TheirWilder,
  WMA as TheirWma,
} from "trading-signals";
import { describe, expect, test } from "vitest";
import type { Indicator } from "../../../src/strategy/indicator.ts";
import { ADX } from "../../../src/strategy/indicators/adx.ts";
import { ATR } from "../../../src/strategy/indicators/atr.ts";
import { BOLLINGER } from "../../../src/strategy/indicators/bollinger.ts";
import { CCI } from "../../../src/strategy/indicators/cci.ts";
import { EMA } from "../../../src/strategy/indicators/ema.ts";
import { MACD } from "../../../src/strategy/indicators/macd.ts";
import { MFI } from "../../../src/strategy/indicators/mfi.ts";
import { OBV } from "../../../src/strategy/indicators/obv.ts";
import { RMA } from "../../../src/strategy/indicators/rma.ts";
import * as rolling from "../../../src/strategy/indicators/rolling.ts";
import { RSI } from "../../../src/strategy/indicators/rsi.ts";
import { SMA } from "../../../src/strategy/indicators/sma.ts";
import { STOCHASTIC } from "../../../src/strategy/indicators/stochastic.ts";
import { VWAP } from "../../../src/strategy/indicators/vwap.ts";
import { WMA } from "../../../src/strategy/indicators/wma.ts";
import { livelyBars } from "../../support/market-bars.ts";

function compute(indicator: Indicator, inputs: readonly ArrayLike<number>[], args: readonly number[] = []): number[][] {
  const columns = inputs.map((input) => Float64Array.from(input));
  const outputs = (indicator.outputs ?? [""]).map(() => new Float64Array(columns[0]!.length));
  indicator.batch(columns, args, outputs);
  return outputs.map((output) => [...output]);
}

const known = (values: readonly number[]): number[] => values.filter((value) => !Number.isNaN(value));

describe("published values", () => {
  /** The worked example of StockCharts' page on the RSI. */
  const closes = [
    44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328, 45.614,
    46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122, 46.2521, 45.7137, 46.4515, 45.7835, 45.3548,
    44.0288, 44.1783, 44.2181, 44.5672, 43.4205, 42.6628, 43.1314,
  ];

  test("relative strength index", () => {
    const published = [
      70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93, 63.26, 56.06, 62.38, 54.71, 50.42, 39.99, 41.46, 41.87, 45.46,
      37.3, 33.08, 37.77,
    ];
    const values = known(compute(RSI, [closes], [14])[0]!);
    expect(values).toHaveLength(published.length);
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(published[i]!, 1);
  });

  test("simple and exponential averages over ten days", () => {
    const prices = [
      22.27, 22.19, 22.08, 22.17, 22.18, 22.13, 22.23, 22.43, 22.24, 22.29, 22.15, 22.39, 22.38, 22.61, 23.36, 24.05,
      23.75, 23.83, 23.95, 23.63,
    ];
    const published = {
      sma: [22.22, 22.21, 22.23, 22.26, 22.3, 22.42, 22.61, 22.77, 22.91, 23.08, 23.21],
      ema: [22.22, 22.21, 22.24, 22.27, 22.33, 22.52, 22.8, 22.97, 23.13, 23.28, 23.34],
    };
    const close = (values: number[], expected: number[]) =>
      expect(values.every((value, i) => Math.abs(value - expected[i]!) < 0.006)).toBe(true);
    close(known(compute(SMA, [prices], [10])[0]!), published.sma);
    close(known(compute(EMA, [prices], [10])[0]!), published.ema);
  });
});

describe("by hand", () => {
  test("rolling statistics of 1 2 4 8 16", () => {
    const series = [1, 2, 4, 8, 16];
    const last = (indicator: Indicator, period: number) => compute(indicator, [series], [period])[0]!.at(-1);
    expect(last(rolling.HIGHEST, 3)).toBe(16);
    expect(last(rolling.LOWEST, 3)).toBe(4);
    expect(last(rolling.ROLLING_SUM, 3)).toBe(28);
    expect(last(rolling.ROLLING_MEAN, 2)).toBe(12);
    expect(last(rolling.ROLLING_STD, 3)).toBeCloseTo(Math.sqrt(112 / 3), 12);
    expect(last(rolling.ZSCORE, 3)).toBeCloseTo((16 - 28 / 3) / Math.sqrt(112 / 3), 12);
    expect(last(rolling.SLOPE, 3)).toBe(6);
    expect(last(rolling.RATE_OF_CHANGE, 2)).toBe(3);
    expect(last(WMA, 3)).toBeCloseTo((16 * 3 + 8 * 2 + 4) / 6, 12);
    expect(last(RMA, 3)).toBeCloseTo((((7 / 3) * 2 + 8) / 3) * (2 / 3) + 16 / 3, 12);
  });

  test("correlation of lines, of opposites, and of what does not vary", () => {
    const last = (a: number[], b: number[]) => compute(rolling.CORRELATION, [a, b], [3])[0]!.at(-1);
    expect(last([1, 2, 3], [10, 20, 30])).toBeCloseTo(1, 12);
    expect(last([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
    expect(last([1, 2, 3], [5, 5, 5])).toBeNaN();
  });

  test("the volume-weighted price begins afresh with the session", () => {
    const day = 86_400_000;
    const price = [10, 20, 40, 40];
    const [values] = compute(VWAP, [[0, 1, day, day + 1], price, price, price, [1, 3, 0, 5]], [day]);
    expect(values).toEqual([10, 17.5, 40, 40]);
  });

  test("a sum over a huge value and back is exact again", () => {
    const series = [...new Array<number>(10).fill(0.1), 1e17, ...new Array<number>(20).fill(0.1)];
    expect(compute(SMA, [series], [4])[0]!.at(-1)).toBeCloseTo(0.1, 15);
  });
});

describe("an independent implementation agrees", () => {
  const bars = livelyBars(500);
  const candles = Array.from(bars.close, (close, i) => ({
    open: bars.open[i]!,
    high: bars.high[i]!,
    low: bars.low[i]!,
    close,
    volume: bars.volume[i]!,
  }));
  /** Compares from the end: what the first values are begun with is a convention, and dies away. */
  function agree(ours: readonly number[], theirs: readonly (number | null | undefined)[], count = 100) {
    for (let back = 1; back <= count; back++) expect(ours.at(-back)).toBeCloseTo(theirs.at(-back)!, 6);
  }
  const feed = <T, R>(indicator: { update(value: T, replace: boolean): R }, values: readonly T[]): R[] =>
    values.map((value) => indicator.update(value, false));
  const closes = [...bars.close];

  test("averages", () => {
    agree(compute(SMA, [closes], [20])[0]!, feed(new TheirSma(20), closes));
    agree(compute(EMA, [closes], [20])[0]!, feed(new TheirEma(20), closes));
    agree(compute(WMA, [closes], [20])[0]!, feed(new TheirWma(20), closes));
    agree(compute(RMA, [closes], [14])[0]!, feed(new TheirWilder(14), closes));
  });

  test("oscillators", () => {
    agree(compute(RSI, [closes], [14])[0]!, feed(new TheirRsi(14), closes));
    const cci = new TheirCci(20);
    agree(compute(CCI, [bars.high, bars.low, bars.close], [20])[0]!, feed(cci, candles));
    const mfi = new TheirMfi(14);
    agree(compute(MFI, [bars.high, bars.low, bars.close, bars.volume], [14])[0]!, feed(mfi, candles));
  });

  test("bands and ranges", () => {
    const [upper, middle, lower] = compute(BOLLINGER, [closes], [20, 2]);
    const theirs = feed(new BollingerBands(20, 2), closes);
    agree(
      upper!,
      theirs.map((one) => one?.upper),
    );
    agree(
      middle!,
      theirs.map((one) => one?.middle),
    );
    agree(
      lower!,
      theirs.map((one) => one?.lower),
    );
    agree(compute(ATR, [bars.high, bars.low, bars.close], [14])[0]!, feed(new TheirAtr(14), candles));
    agree(compute(ADX, [bars.high, bars.low, bars.close], [14])[0]!, feed(new TheirAdx(14), candles));
  });

  test("stochastic, convergence, balance", () => {
    const stochastic = feed(new StochasticOscillator({ kPeriod: 14, kSlowingPeriod: 3, dPeriod: 3 }), candles);
    const [k, d] = compute(STOCHASTIC, [bars.high, bars.low, bars.close], [14, 3, 3]);
    agree(
      k!,
      stochastic.map((one) => one?.stochK),
    );
    agree(
      d!,
      stochastic.map((one) => one?.stochD),
    );
    const ours = compute(OBV, [bars.close, bars.volume])[0]!;
    const theirs = feed(new TheirObv(5), candles);
    for (let back = 1; back < 100; back++) {
      expect(ours.at(-back)! - ours.at(-back - 1)!).toBeCloseTo(theirs.at(-back)! - theirs.at(-back - 1)!, 6);
    }
    const macd = feed(new TheirMacd(new TheirEma(12), new TheirEma(26), new TheirEma(9)), closes);
    const [line, signal, histogram] = compute(MACD, [closes], [12, 26, 9]);
    agree(
      line!,
      macd.map((one) => one?.macd),
    );
    agree(
      signal!,
      macd.map((one) => one?.signal),
    );
    agree(
      histogram!,
      macd.map((one) => one?.histogram),
    );
  });
});
