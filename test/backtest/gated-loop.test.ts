import { describe, expect, test } from "vitest";
import { runBacktest } from "../../src/backtest/run.ts";
import type { BacktestSpec } from "../../src/backtest/spec.ts";
import { watchStrategy } from "../../src/backtest/watch-strategy.ts";
import { type Random, seededRandom } from "../../src/core/random.ts";
import type { Broker, OrderRequest } from "../../src/strategy/broker.ts";
import { crossedAbove, crossedBelow } from "../../src/strategy/cross.ts";
import { Crossings, crossings } from "../../src/strategy/crossings.ts";
import { type AnyStrategy, defineStrategy, type OnBar } from "../../src/strategy/define-strategy.ts";
import { sma } from "../../src/strategy/indicators/sma.ts";
import { onlyWhen } from "../../src/strategy/only-when.ts";
import { WholeColumns } from "../../src/strategy/whole-columns.ts";
import type { BarColumns } from "../../src/trading/bar.ts";
import { randomBars } from "../support/bars.ts";

const SCENARIOS = 400;

/** Orders of every kind at each crossing, drawn from the run's own chance. */
function ordering(gated: boolean, fast: number, slow: number): AnyStrategy {
  return defineStrategy({
    name: "at-crossings",
    setup({ bars, random }) {
      const crossing = crossings(sma(bars.close, fast), sma(bars.close, slow));
      const act: OnBar = ({ close, index }, broker) => trade(broker, crossing.now, close, index, random);
      if (gated) return onlyWhen(crossing, act);
      return (bar, broker) => {
        if (crossing.now !== 0) act(bar, broker);
      };
    },
  });
}

function trade(broker: Broker, crossing: number, close: number, index: number, random: Random): void {
  if (broker.orders.length > 4) broker.cancelEntries();
  if (random.next() < 0.2) broker.close(0.5);
  const away = 1 + 0.02 * random.next();
  const price = pick(random, [{}, { limit: close / away }, { stop: close * away }]);
  const request: OrderRequest =
    crossing > 0
      ? { ...price, size: { fraction: 0.9 }, sl: close * 0.95, trailFraction: pick(random, [0.03, 0.2]) }
      : { ...price, size: 1 + Math.floor(5 * random.next()), timeInForce: pick(random, ["gtc", "day"]) };
  const id = crossing > 0 ? broker.buy(request) : broker.sell({ ...request, tag: `${index} at ${broker.equity}` });
  if (random.next() < 0.1) broker.cancel(id);
}

function pick<const T>(random: Random, among: readonly T[]): T {
  return among[random.integer(0, among.length - 1)]!;
}

function specOf(random: Random): BacktestSpec {
  return {
    cash: pick(random, [300, 10_000]),
    commission: pick(random, [0, 0.001]),
    leverage: pick(random, [1, 5]),
    latencyBars: pick(random, [0, 2]),
    fill: pick(random, ["open", "close"]),
    finalize: random.next() < 0.5,
    ...(random.next() < 0.3 && { volumeShare: 0.01 }),
    ...(random.next() < 0.3 && { maintenanceMargin: 0.1 }),
  };
}

/** Every bar at which the two averages cross. */
function allCrossings(columns: BarColumns, fast: number, slow: number): number[] {
  const bars = new WholeColumns("X", columns);
  const both = crossings(sma(bars.close, fast), sma(bars.close, slow));
  const found: number[] = [];
  const count = columns.close.length;
  for (let bar = Crossings.nextOf(both, 1, count); bar < count; bar = Crossings.nextOf(both, bar + 1, count)) {
    found.push(bar);
  }
  return found;
}

describe("a strategy that waits for a signal", () => {
  test(`gives the same run as one that looks at every bar, ${SCENARIOS} times`, () => {
    let [trades, bankrupt] = [0, 0];
    for (let seed = 0; seed < SCENARIOS; seed++) {
      const random = seededRandom(seed);
      const columns = randomBars(20 + Math.floor(300 * random.next()), seed, pick(random, [0.01, 0.06]));
      const spec = { ...specOf(random), seed };
      const [fast, slow] = [1 + Math.floor(6 * random.next()), 3 + Math.floor(12 * random.next())];
      const run = (strategy: AnyStrategy) =>
        runBacktest({ strategy, strategyHash: "same", data: [{ symbol: "X", columns }], spec });
      const everyBar = run(ordering(false, fast, slow));
      const gated = run(ordering(true, fast, slow));
      expect(gated.toJSON(), `seed ${seed}`).toEqual(everyBar.toJSON());
      trades += gated.trades.length;
      bankrupt += gated.bankruptBar === undefined ? 0 : 1;
    }
    expect(trades).toBeGreaterThan(10 * SCENARIOS);
    expect(bankrupt).toBeGreaterThan(5);
  });

  test("stays one while it is watched, and shows the bar it is at", () => {
    const columns = randomBars(200, 1);
    const watched = new Int32Array(new SharedArrayBuffer(4));
    const strategy = ordering(true, 2, 5);
    const data = [{ symbol: "X", columns }];
    const plain = runBacktest({ strategy, data });
    const seen = runBacktest({ strategy: watchStrategy(strategy, watched), data });
    expect(seen.trades).toEqual(plain.trades);
    expect(watched[0]).toBe(allCrossings(columns, 2, 5).at(-1));
  });
});

test("crossings say what crossedAbove and crossedBelow say, bar by bar and from bar to bar", () => {
  const columns = randomBars(400, 9);
  // Series that meet and stay together for a while.
  for (let i = 0; i < 400; i++) columns.close[i] = Math.round(columns.close[i]!);
  const bars = new WholeColumns("X", columns);
  const [a, b] = [sma(bars.close, 2), sma(bars.close, 7)];
  const both = crossings(a, b);
  const told: number[] = [];
  for (bars.cursor.index = 1; bars.cursor.index < 400; bars.cursor.index++) {
    expect(both.now).toBe(crossedAbove(a, b) ? 1 : crossedBelow(a, b) ? -1 : 0);
    if (both.now !== 0) told.push(bars.cursor.index);
  }
  expect(told.length).toBeGreaterThan(50);
  expect(allCrossings(columns, 2, 7)).toEqual(told);
});

test("crossings of different instruments are refused", () => {
  const columns = randomBars(10, 1);
  const [one, two] = [new WholeColumns("ONE", columns), new WholeColumns("TWO", columns)];
  expect(() => crossings(one.close, two.close)).toThrow(/different instruments/);
});

test("what is done at a signal may not be async: its orders would come late, and what it throws be lost", () => {
  const columns = randomBars(10, 1);
  const strategy = defineStrategy({
    name: "async-at-crossings",
    setup: ({ bars }) => onlyWhen(crossings(sma(bars.close, 2), sma(bars.close, 5)), async () => {}),
  });
  const promising = defineStrategy({
    name: "promises",
    setup: () => () => Promise.resolve() as never,
  });
  const watched = new Int32Array(new SharedArrayBuffer(4));
  const data = [{ symbol: "X", columns }];
  for (const one of [strategy, watchStrategy(strategy, watched), watchStrategy(promising, watched)]) {
    expect(() => runBacktest({ strategy: one, data })).toThrow(/must not be async/);
  }
});
