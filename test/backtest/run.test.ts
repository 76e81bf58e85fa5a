import { describe, expect, test } from "vitest";
import { runBacktest } from "../../src/backtest/run.ts";
import type { RunResult } from "../../src/backtest/run-result.ts";
import type { BacktestSpec } from "../../src/backtest/spec.ts";
import type { Broker, OrderRequest } from "../../src/strategy/broker.ts";
import { defineStrategy, type OnBar, type SetupContext } from "../../src/strategy/define-strategy.ts";
import { applyIndicator, type Indicator } from "../../src/strategy/indicator.ts";
import { sma } from "../../src/strategy/indicators/sma.ts";
import { number } from "../../src/strategy/params.ts";
import type { BarColumns } from "../../src/trading/bar.ts";
import { barsOf, randomBars } from "../support/bars.ts";

const DAY = 86_400_000;
const flat = [100, 101, 99, 100] as const;

function run(columns: BarColumns, setup: (context: SetupContext) => OnBar, spec: BacktestSpec = {}): RunResult {
  return runBacktest({ strategy: defineStrategy({ name: "test", setup }), data: [{ symbol: "X", columns }], spec });
}

/** Orders once, at the close of bar 1. */
const once =
  (request: OrderRequest, side: "buy" | "sell" = "buy") =>
  () => {
    let done = false;
    const onBar: OnBar = (_bar, broker) => {
      if (!done) broker[side](request);
      done = true;
    };
    return onBar;
  };

const failing = (code: string) => expect.objectContaining({ details: expect.objectContaining({ code }) });

describe("orders and models", () => {
  test("BT-01 what is ordered at a close fills at the next open, or at that close", () => {
    const bars = barsOf([flat, flat, [102, 103, 101, 102], flat]);
    expect(run(bars, once({ size: 1 })).openTrades[0]).toMatchObject({ entryBar: 2, entryPrice: 102 });
    expect(run(bars, once({ size: 1 }), { fill: "close" }).openTrades[0]).toMatchObject({
      entryBar: 1,
      entryPrice: 100,
    });
  });

  test("BT-03 of a stop-loss and a take-profit in one bar the stop-loss wins, unless finer bars tell", () => {
    const columns = barsOf([flat, flat, [100, 110, 90, 100], flat]);
    const finer = barsOf(
      [
        [100, 110, 100, 108],
        [108, 108, 90, 100],
      ],
      DAY / 4,
    );
    for (const i of [0, 1]) finer.time[i]! += 2 * DAY;
    const strategy = defineStrategy({ name: "test", setup: once({ size: 1, sl: 95, tp: 105 }) });
    const whole = runBacktest({ strategy, data: [{ symbol: "X", columns }] });
    const resolved = runBacktest({ strategy, data: [{ symbol: "X", columns, finer }] });
    expect(whole.trades).toMatchObject([{ exitReason: "stop-loss", exitPrice: 95, exitBar: 2 }]);
    expect(resolved.trades).toMatchObject([{ exitReason: "take-profit", exitPrice: 105, exitBar: 2 }]);
    expect(resolved.trades[0]!.exitTime).toBe(finer.time[0]);
  });

  test("BT-04 an order that cannot be paid for is refused whole, by code", () => {
    const bars = barsOf([flat, flat, flat, flat]);
    const tooMany = run(bars, once({ size: 101 }));
    expect(tooMany.denials).toMatchObject([{ code: "INSUFFICIENT_MARGIN", bar: 2, side: "buy", size: 101 }]);
    expect(run(bars, once({ size: 0.4 })).denials).toMatchObject([{ code: "SIZE_BELOW_LOT", bar: 1 }]);
    expect(run(bars, once({ size: 1, sl: 120 })).denials).toMatchObject([{ code: "BRACKET_WRONG_SIDE", bar: 1 }]);
  });

  test.each([
    ["units", { size: 7 }, 7],
    ["lots", { size: { lots: 7 } }, 3.5],
    ["a fraction of free equity", { size: { fraction: 0.5 } }, 49.5],
    ["a notional", { size: { notional: 1234 } }, 12],
    ["risk per trade", { size: { risk: 0.01 }, sl: 95 }, 20],
    ["all there is", {}, 99.5],
  ] satisfies [string, OrderRequest, number][])("BT-04 sizes by %s", (_how, request, size) => {
    const spec = { commission: 0.001, instruments: { X: { lot: 0.5 } } };
    expect(run(barsOf([flat, flat, flat, flat]), once(request), spec).openTrades[0]?.size).toBe(size);
  });

  test("BT-05 costs add up: commission, spread, slippage", () => {
    const bars = barsOf([flat, flat, flat, flat]);
    const spec: BacktestSpec = { commission: { fixed: 1, rate: 0.01 }, spread: 0.01, slippage: 0.02, finalize: true };
    const [trade] = run(bars, once({ size: 1 }), spec).trades;
    const [entry, exit] = [100 * 1.02 * 1.01, 100 * 0.98];
    expect(trade!.entryPrice).toBeCloseTo(entry, 12);
    expect(trade!.exitPrice).toBeCloseTo(exit, 12);
    expect(trade!.commission).toBeCloseTo(2 + 0.01 * (entry + exit), 12);
    expect(trade!.pnl).toBeCloseTo(exit - entry - trade!.commission, 12);
  });

  test("BT-05 liquidity fills a share of each bar's volume, latency comes a bar later", () => {
    const bars = barsOf([flat, flat, flat, flat, flat]);
    const result = run(bars, once({ size: 30 }), { volumeShare: 0.01, latencyBars: 1, cash: 100_000 });
    expect(result.openTrades).toMatchObject([
      { entryBar: 3, size: 10 },
      { entryBar: 4, size: 10 },
    ]);
  });

  test("BT-06 leverage is liquidated at its maintenance margin, and equity never falls below nothing", () => {
    const fall = [flat, flat, [100, 100, 94, 94], [94, 94, 60, 60], flat] as const;
    const held = run(barsOf(fall), once({}), { leverage: 10, maintenanceMargin: 0.05 });
    expect(held).toMatchObject({ liquidations: 1, trades: [{ exitBar: 2, exitPrice: 94, exitReason: "liquidation" }] });
    const lost = run(barsOf(fall), once({}), { leverage: 10 });
    expect(lost).toMatchObject({ bankruptBar: 3, finalEquity: 0 });
    expect([...lost.equity.slice(3)]).toEqual([0, 0]);
  });

  test("BT-06 a stop-loss that follows takes its step after the bar, never within it", () => {
    const rows = [flat, flat, [100, 110, 100, 110], [110, 120, 109, 120], [120, 120, 113, 113], flat] as const;
    const [trade] = run(barsOf(rows), once({ size: 1, trail: 5 })).trades;
    expect(trade).toMatchObject({ exitBar: 4, exitPrice: 115, exitReason: "stop-loss" });
  });

  test("BT-06 time in force: day, gtd, ioc and fok orders end by themselves", () => {
    const bars = barsOf([flat, flat, flat, [100, 100, 80, 90], flat]);
    const waiting = (request: OrderRequest) => run(bars, once({ size: 1, limit: 85, ...request })).openTrades.length;
    expect(waiting({})).toBe(1);
    expect(waiting({ timeInForce: "day" })).toBe(0);
    expect(waiting({ timeInForce: "gtd", until: bars.time[2]! })).toBe(0);
    expect(waiting({ timeInForce: "gtd", until: bars.time[3]! })).toBe(1);
    expect(waiting({ timeInForce: "ioc" })).toBe(0);
    expect(waiting({ timeInForce: "fok", limit: 100 })).toBe(1);
  });

  test("BT-07 several instruments share one portfolio, merged in time order", () => {
    const one = randomBars(50, "one");
    const two = randomBars(40, "two");
    for (let i = 0; i < 40; i++) two.time[i]! += 5 * 60_000 + (i % 2) * 1000;
    const strategy = defineStrategy({
      name: "pair",
      setup({ instrument }) {
        const other = instrument("TWO");
        let steps = 0;
        return (bar, broker) => {
          if (steps++ === 0) broker.on("TWO").sell({ size: 2 });
          if (other.fresh && bar.index === 20) broker.buy({ size: 3 });
        };
      },
    });
    const result = runBacktest({
      strategy,
      data: [
        { symbol: "ONE", columns: one },
        { symbol: "TWO", columns: two },
      ],
    });
    expect(result.openTrades.map(({ symbol, size }) => [symbol, size])).toEqual([
      ["ONE", 3],
      ["TWO", -2],
    ]);
    expect(result.time).toHaveLength(new Set([...one.time, ...two.time]).size);
    const profit = result.openTrades.reduce((sum, { pnl }) => sum + pnl, 0);
    expect(result.finalEquity).toBeCloseTo(10_000 + profit, 9);
  });

  test("RC-54 BT-08 the live risk checks deny by their own codes", () => {
    const bars = randomBars(60, "risk");
    const buyer = () =>
      (() => {
        const onBar: OnBar = (bar, broker) => {
          if (bar.index % 10 === 0) broker.buy({ size: 5 });
        };
        return onBar;
      })();
    const codes = (limits: NonNullable<BacktestSpec["risk"]>["limits"]) =>
      run(bars, buyer, { cash: 1e6, risk: { limits } }).denials.map(({ code }) => code);
    expect(codes({})).toEqual([]);
    expect(codes({ maxOrderLots: 4 })).toHaveLength(5);
    expect(codes({ maxPositionLots: 12 })).toHaveLength(3);
    expect(new Set(codes({ maxOrderNotional: 10 }))).toEqual(new Set(["NOTIONAL_ABOVE_MAXIMUM"]));
    expect(codes({ maxOrdersPerDay: 2 })).toHaveLength(3);
  });
});

describe("truth and determinism", () => {
  test("BT-09 the same request gives the same bytes, and names what decided them", () => {
    const once = (strategyHash?: string) =>
      JSON.stringify(
        runBacktest({
          strategy: chance,
          data: [{ symbol: "X", columns: randomBars(300, 1) }],
          spec: { seed: 5, commission: 0.001 },
          ...(strategyHash !== undefined && { strategyHash }),
        }),
      );
    expect(once()).toBe(once());
    const { engineVersion, dataHash, strategyHash, seed, params } = JSON.parse(once("abc"));
    expect([engineVersion, strategyHash, seed, params]).toEqual([expect.any(String), "abc", 5, { odds: 0.1 }]);
    expect(dataHash).toMatch(/^[0-9a-f]{32}$/);
  });

  const chance = defineStrategy({
    name: "chance",
    params: { odds: number(0.1) },
    setup:
      ({ random, params: { odds } }) =>
      (_bar, broker) => {
        if (random.next() < odds) broker.buy({ size: 1 });
        if (random.next() < odds) broker.close();
      },
  });

  test("BT-10 an indicator that reads ahead is named; one built on it is not blamed", () => {
    const tomorrow: Indicator = {
      name: "tomorrow",
      warmUp: () => 0,
      batch: ([input], _args, [output]) => output!.set(input!.subarray(1)),
      incremental: () => (inputs, outputs) => outputs.set(inputs),
    };
    const setup = ({ bars }: SetupContext): OnBar => {
      sma(applyIndicator(tomorrow, [bars.close])[0]!, 3);
      return () => {};
    };
    expect(() => run(randomBars(200, 2), setup)).not.toThrow();
    expect(() => run(randomBars(200, 2), setup, { checked: true })).toThrow(failing("LOOKAHEAD"));
    expect(() => run(randomBars(200, 2), setup, { checked: true })).toThrow(/Indicator tomorrow\(close\)/);
  });

  test("BT-10 a strategy that remembers earlier runs is found out, an honest one passes", () => {
    let runs = 0;
    const buys = (size: () => number) => () => {
      const units = size();
      const onBar: OnBar = (_bar, broker) => {
        if (broker.position.isFlat) broker.buy({ size: units });
      };
      return onBar;
    };
    const columns = randomBars(200, 3);
    expect(() =>
      run(
        columns,
        buys(() => 1),
        { checked: true, finalize: true },
      ),
    ).not.toThrow();
    expect(() =>
      run(
        columns,
        buys(() => ++runs),
        { checked: true },
      ),
    ).toThrow(failing("LOOKAHEAD"));
  });

  test("BT-11 bad bars are found before the run and named by row", () => {
    const bars = randomBars(20, 4);
    bars.close[7] = Number.NaN;
    expect(() => run(bars, once({}))).toThrow(/bar 7, close/);
    const disordered = randomBars(20, 4);
    disordered.time[9] = disordered.time[8]!;
    expect(() => run(disordered, once({}))).toThrow(failing("BAD_BARS"));
  });

  test("a strategy that throws, orders nonsense or reads ahead fails its run with bar, parameters and stack", () => {
    const bars = randomBars(50, 5);
    const at = (act: (broker: Broker) => void) => () => {
      const onBar: OnBar = (bar, broker) => {
        if (bar.index === 33) act(broker);
      };
      return onBar;
    };
    const throwing = at(() => {
      throw new Error("bad luck");
    });
    expect(() => run(bars, throwing)).toThrow(failing("STRATEGY_THREW"));
    expect(() => run(bars, throwing)).toThrow(/failed at bar 33 \(2020-.*bad luck/);
    expect(() =>
      run(
        bars,
        at((broker) => broker.buy({ size: Number.NaN })),
      ),
    ).toThrow(failing("SIZE_INVALID"));
    expect(() =>
      run(
        bars,
        at((broker) => broker.buy({ stop: -1 })),
      ),
    ).toThrow(failing("ORDER_INVALID"));
    expect(() =>
      run(
        bars,
        at((broker) => broker.close(2)),
      ),
    ).toThrow(failing("PORTION_INVALID"));
    expect(() =>
      run(
        bars,
        at((broker) => broker.on("Y")),
      ),
    ).toThrow(failing("INSTRUMENT_UNKNOWN"));
    const peeking =
      ({ bars: { close } }: SetupContext): OnBar =>
      () =>
        void close.at(-1);
    expect(() => run(bars, peeking)).toThrow(/looks ahead/);
  });

  test("a specification out of range is refused", () => {
    expect(() => run(randomBars(5, 6), once({}), { leverage: 0 })).toThrow(failing("SPEC_INVALID"));
    expect(() => run(randomBars(5, 6), once({}), { latencyBars: 1.5 })).toThrow(failing("SPEC_INVALID"));
    expect(() => run(randomBars(5, 6), once({}), { instruments: { X: { lot: 0 } } })).toThrow(failing("SPEC_INVALID"));
  });
});
