import { expect, test } from "vitest";
import { endOfDay } from "../../src/backtest/engine/day-end.ts";
import { runBacktest } from "../../src/backtest/run.ts";
import type { BacktestSpec } from "../../src/backtest/spec.ts";
import { plannedCombinations, planSweep } from "../../src/backtest/sweep/plan-sweep.ts";
import type { SweepSpec } from "../../src/backtest/sweep/sweep-spec.ts";
import type { Broker } from "../../src/strategy/broker.ts";
import { smaCross } from "../../src/strategy/builtin/sma-cross.ts";
import { defineStrategy } from "../../src/strategy/define-strategy.ts";
import { barsOf } from "../support/bars.ts";

const FLAT = [100, 101, 99, 100] as const;

/** Runs what is done at each bar, by its index, over bars that stand at 100. */
function run(acts: Readonly<Record<number, (broker: Broker) => void>>, spec: BacktestSpec, rows = 8) {
  const strategy = defineStrategy({
    name: "acts",
    setup: () => (bar, broker) => acts[bar.index]?.(broker),
  });
  const bars = barsOf(Array.from({ length: rows }, () => FLAT));
  return runBacktest({ strategy, data: [{ symbol: "X", columns: bars }], spec });
}

test("BT-05 a fixed commission is paid once for a fill, however many trades the fill closes and opens", () => {
  const acts = {
    1: (broker: Broker) => broker.buy({ size: 1 }),
    2: (broker: Broker) => broker.buy({ size: 2 }),
    3: (broker: Broker) => broker.sell({ size: 5 }),
  };
  const { trades, openTrades, finalEquity } = run(acts, { commission: { fixed: 3 } });
  expect(trades.map(({ size, commission, pnl }) => [size, commission, pnl])).toEqual([
    [1, 6, -6],
    [2, 3, -3],
  ]);
  expect(openTrades.map(({ size, commission, pnl }) => [size, commission, pnl + 0])).toEqual([[-2, 0, 0]]);
  expect(finalEquity).toBe(10_000 - 9);
});

test("BT-05 the least and the most commission hold for the fill as a whole", () => {
  const acts = {
    1: (broker: Broker) => broker.buy({ size: 1 }),
    2: (broker: Broker) => broker.buy({ size: 4 }),
    3: (broker: Broker) => broker.sell({ size: 5 }),
  };
  const { trades } = run(acts, { commission: { perUnit: 1, minimum: 2, maximum: 4 } });
  // Entries cost 2 and 4; the sale of five costs 4, of which the first unit has paid the least.
  expect(trades.map(({ commission }) => commission)).toEqual([2 + 2, 4 + 2]);
});

test("an open trade's profit is after what its entry cost, so that profits add up to the change of equity", () => {
  const { openTrades, finalEquity } = run({ 1: (broker) => broker.buy({ size: 10 }) }, { commission: 0.01 });
  expect(openTrades).toMatchObject([{ commission: 10, pnl: -10 }]);
  expect(finalEquity).toBe(10_000 - 10);
});

test("BT-05 a cancel is as late as an order: until it arrives the order can fill", () => {
  const cancelling = (limit: number) => ({
    1: (broker: Broker) => broker.buy({ size: 1, limit }),
    2: (broker: Broker) => broker.cancelEntries(),
  });
  expect(run(cancelling(99.5), {}).openTrades.map(({ entryBar }) => entryBar)).toEqual([2]);
  expect(run(cancelling(99.5), { latencyBars: 3 }).openTrades.map(({ entryBar }) => entryBar)).toEqual([5]);
  const result = run(cancelling(50), { latencyBars: 3 });
  expect(result.openTrades).toEqual([]);
});

test("BT-05 a cancelled order goes when the cancel arrives, and is shown until then", () => {
  const seen: number[] = [];
  const look = (broker: Broker) => {
    seen.push(broker.orders.length);
  };
  const first = (broker: Broker) => {
    look(broker);
    broker.cancelEntries();
  };
  const acts = {
    1: (broker: Broker) => broker.buy({ size: 1, limit: 50 }),
    2: first,
    3: look,
    4: look,
    5: look,
    6: look,
  };
  run(acts, { latencyBars: 2 });
  expect(seen).toEqual([1, 1, 1, 0, 0]);
});

test("BT-05 a moved stop-loss is late too: the old one stands until the new one does", () => {
  const acts = (to: number | undefined) => ({
    1: (broker: Broker) => broker.buy({ size: 1, sl: 90 }),
    5: (broker: Broker) => {
      broker.trades[0]!.sl = to;
    },
  });
  // Entered at bar 4. A stop-loss at 99.5 is hit by every bar's low of 99.
  expect(run(acts(99.5), { latencyBars: 2 }, 12).trades).toMatchObject([{ exitBar: 8, exitPrice: 99.5 }]);
  const inTheWay = {
    ...acts(undefined),
    1: (broker: Broker) => broker.buy({ size: 1, sl: 98.5, tag: "x" }),
    // Given up at bar 5, the stop-loss would stand until bar 7; nothing reaches it.
  };
  expect(run(inTheWay, { latencyBars: 2 }, 12).trades).toEqual([]);
});

test("a latency that nothing would ever come to the end of is refused", () => {
  expect(() => run({}, { latencyBars: 1e12 })).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ code: "SPEC_INVALID", exit: "usage" }) }),
  );
});

test.each([
  ["fast > slow", /removes all 9 combinations/],
  ["fast > 100 or fast == slow", /removes 8 of 9 combinations, and the strategy refuses the rest/],
])("a sweep of which nothing is left to run is an error that counts: %s", (constraint, message) => {
  const spec: SweepSpec = {
    run: { strategy: "sma-cross", params: {}, data: [{ ref: "x" }], options: {}, convention: "ttt" },
    vary: ["fast=10..12", constraint.includes("==") ? "slow=8..10" : "slow=30..32"],
    method: "grid",
    trials: 10,
    seed: 0,
    objective: "sharpe",
    minimize: false,
    constraint,
  };
  const plan = planSweep(spec, smaCross);
  expect(() => plannedCombinations(plan)).toThrow(message);
  expect(() => plannedCombinations(plan)).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ code: "NOTHING_TO_RUN", exit: "usage" }) }),
  );
});

test.each([
  // 2020-03-07, the day before clocks go forward in New York: midnight there is 05:00 UTC, a day later 04:00.
  ["America/New_York", Date.UTC(2020, 2, 7, 12), Date.UTC(2020, 2, 8, 5) - 1],
  ["America/New_York", Date.UTC(2020, 2, 8, 12), Date.UTC(2020, 2, 9, 4) - 1],
  ["America/New_York", Date.UTC(2020, 2, 9, 3), Date.UTC(2020, 2, 9, 4) - 1],
  ["Asia/Kolkata", Date.UTC(2020, 0, 1, 18, 29), Date.UTC(2020, 0, 1, 18, 30) - 1],
  ["UTC", Date.UTC(2020, 0, 1, 18), Date.UTC(2020, 0, 2) - 1],
  // Clocks that skip midnight: the day ends where they do.
  ["America/Sao_Paulo", Date.UTC(2018, 10, 3, 12), Date.UTC(2018, 10, 4, 3) - 1],
])("BT-06 a day in %s that is under way at %d ends at %d", (zone, at, end) => {
  expect(endOfDay(at, zone)).toBe(end);
});

test("a zone that does not exist is refused", () => {
  expect(() => run({}, { timezone: "Mars/Olympus" })).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ code: "SPEC_INVALID" }) }),
  );
});
