import { describe, expect, test } from "vitest";
import { runBacktest } from "../../src/backtest/run.ts";
import { defineStrategy } from "../../src/strategy/define-strategy.ts";
import type { BarColumns } from "../../src/trading/bar.ts";
import type { LimitName } from "../../src/trading/risk/limits.ts";

/** Prices rise by one a day from 100. */
function rising(count: number): BarColumns {
  const column = (of: (index: number) => number) => Float64Array.from({ length: count }, (_, index) => of(index));
  return {
    time: column((index) => index * 86_400_000),
    open: column((index) => 100 + index),
    high: column((index) => 101 + index),
    low: column((index) => 99 + index),
    close: column((index) => 100 + index),
    volume: column(() => 1_000),
  };
}

/** Buys one a bar, five times, and closes everything at the end. */
const stacker = defineStrategy({
  name: "stacker",
  setup: () => (bar, broker) => {
    if (bar.index <= 5) broker.buy({ size: 1 });
    if (bar.index === 8) broker.close();
  },
});

const run = (limits: Partial<Record<LimitName, number>>) =>
  runBacktest({
    strategy: stacker,
    data: [{ symbol: "BTC-USD", columns: rising(12) }],
    spec: { cash: 10_000, risk: { limits } },
  });

describe("the live registry in a backtest", () => {
  test("RC-54 BT-08 within its limits nothing is denied and nothing differs", () => {
    const free = runBacktest({
      strategy: stacker,
      data: [{ symbol: "BTC-USD", columns: rising(12) }],
      spec: { cash: 10_000 },
    });
    const checked = run({});
    expect(checked.denials).toEqual([]);
    expect([...checked.equity]).toEqual([...free.equity]);
  });

  test("RC-54 what live trading would deny is denied under the same code", () => {
    expect(run({ maxPositionLots: 3 }).denials.map(({ code }) => code)).toEqual([
      "POSITION_ABOVE_LIMIT",
      "POSITION_ABOVE_LIMIT",
    ]);
    expect(run({ maxOrdersPerDay: 0 }).denials.map(({ code }) => code)).toContain("ORDERS_PER_DAY_ABOVE_LIMIT");
    expect(run({ maxOrderNotional: 102 }).denials[0]).toMatchObject({
      code: "NOTIONAL_ABOVE_MAXIMUM",
      side: "buy",
      size: 1,
    });
    expect(run({ maxRepeatedRuns: 2 }).denials).toHaveLength(3);
  });

  test("RC-54 exits are not held up", () => {
    const result = run({ maxPositionLots: 3, maxOpenOrders: 1 });
    expect(result.openTrades).toEqual([]);
    expect(result.trades.length).toBeGreaterThan(0);
  });
});
