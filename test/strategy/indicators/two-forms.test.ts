import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Indicator } from "../../../src/strategy/indicator.ts";
import { ADX } from "../../../src/strategy/indicators/adx.ts";
import { ATR, TRUE_RANGE } from "../../../src/strategy/indicators/atr.ts";
import { BOLLINGER } from "../../../src/strategy/indicators/bollinger.ts";
import { CCI } from "../../../src/strategy/indicators/cci.ts";
import { DONCHIAN } from "../../../src/strategy/indicators/donchian.ts";
import { EMA } from "../../../src/strategy/indicators/ema.ts";
import { KELTNER } from "../../../src/strategy/indicators/keltner.ts";
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

/** Each indicator with the number of its inputs and its arguments as periods. */
const INDICATORS: ReadonlyArray<readonly [Indicator, inputs: number, args: readonly fc.Arbitrary<number>[]]> = (() => {
  const period = fc.integer({ min: 2, max: 12 });
  const factor = fc.double({ min: 0.5, max: 3, noNaN: true });
  return [
    [SMA, 1, [period]],
    [EMA, 1, [period]],
    [RMA, 1, [period]],
    [WMA, 1, [period]],
    [RSI, 1, [period]],
    [MACD, 1, [period, period, period]],
    [BOLLINGER, 1, [period, factor]],
    [ATR, 3, [period]],
    [TRUE_RANGE, 3, []],
    [ADX, 3, [period]],
    [STOCHASTIC, 3, [period, period, period]],
    [CCI, 3, [period]],
    [MFI, 4, [period]],
    [VWAP, 5, [fc.constant(86_400_000)]],
    [DONCHIAN, 2, [period]],
    [KELTNER, 3, [period, factor, period]],
    [OBV, 2, []],
    [rolling.HIGHEST, 1, [period]],
    [rolling.LOWEST, 1, [period]],
    [rolling.ROLLING_MEAN, 1, [period]],
    [rolling.ROLLING_SUM, 1, [period]],
    [rolling.ROLLING_STD, 1, [period]],
    [rolling.ZSCORE, 1, [period]],
    [rolling.CORRELATION, 2, [period]],
    [rolling.SLOPE, 1, [period]],
    [rolling.RATE_OF_CHANGE, 1, [period]],
  ];
})();

const bars = livelyBars(120);
/** In the order in which bar indicators take their inputs. */
const INPUTS: Record<string, readonly Float64Array[]> = {
  vwap: [bars.time, bars.high, bars.low, bars.close, bars.volume],
  mfi: [bars.high, bars.low, bars.close, bars.volume],
  obv: [bars.close, bars.volume],
};

/** The series behind an indicator may itself have a warm-up: some NaN at the start. */
function inputsOf(indicator: Indicator, count: number, length: number, lead: number): Float64Array[] {
  const columns = INPUTS[indicator.name] ?? [bars.high, bars.low, bars.close].slice(0, count);
  return columns.map((column) => column.slice(0, length).fill(Number.NaN, 0, count === 1 ? lead : 0));
}

describe.each(INDICATORS)("$name", (indicator, count, args) => {
  const arbitrary = fc.tuple(fc.tuple(...args), fc.integer({ min: 1, max: 120 }), fc.integer({ min: 0, max: 9 }));

  test("the batch and the incremental form agree to the bit, also behind another indicator's warm-up", () => {
    fc.assert(
      fc.property(arbitrary, ([values, length, lead]) => {
        const inputs = inputsOf(indicator, count, length, Math.min(lead, length));
        const outputs = (indicator.outputs ?? [""]).map(() => new Float64Array(length));
        indicator.batch(inputs, values, outputs);
        const step = indicator.incremental(values);
        const newest = new Float64Array(outputs.length);
        for (let i = 0; i < length; i++) {
          step(
            Float64Array.from(inputs, (input) => input[i]!),
            newest,
          );
          expect([...newest]).toEqual(outputs.map((output) => output[i]));
        }
      }),
    );
  });

  test("its values begin exactly where its warm-up ends", () => {
    fc.assert(
      fc.property(arbitrary, ([values, , lead]) => {
        const inputs = inputsOf(indicator, count, 120, lead);
        const outputs = (indicator.outputs ?? [""]).map(() => new Float64Array(120));
        indicator.batch(inputs, values, outputs);
        const warmUp = indicator.warmUp(values) + (count === 1 ? lead : 0);
        const complete = (i: number) => outputs.every((output) => !Number.isNaN(output[i]));
        expect(complete(warmUp)).toBe(true);
        expect(warmUp > 0 && complete(warmUp - 1)).toBe(false);
      }),
    );
  });

  test("no value depends on a later bar", () => {
    const values = args.map((arg) => fc.sample(arg, { numRuns: 1, seed: 1 })[0]!);
    const whole = (indicator.outputs ?? [""]).map(() => new Float64Array(120));
    indicator.batch(inputsOf(indicator, count, 120, 0), values, whole);
    const cut = (indicator.outputs ?? [""]).map(() => new Float64Array(70));
    indicator.batch(inputsOf(indicator, count, 70, 0), values, cut);
    expect(cut).toEqual(whole.map((output) => output.slice(0, 70)));
  });
});
