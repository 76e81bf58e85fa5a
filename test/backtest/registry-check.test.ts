import { describe, expect, test } from "vitest";
import { registryCheck } from "../../src/backtest/registry-check.ts";
import { runBacktest } from "../../src/backtest/run.ts";
import { defineStrategy } from "../../src/strategy/define-strategy.ts";
import type { BarColumns } from "../../src/trading/bar.ts";
import { DEFAULT_LIMITS } from "../../src/trading/risk/default-limits.ts";
import type { LimitName, LimitSet } from "../../src/trading/risk/limits.ts";
import { BTC } from "../support/risk-context.ts";

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

const limitsWith = (own: Partial<Record<LimitName, number | null>>): LimitSet => ({
  version: 1,
  rows: DEFAULT_LIMITS.rows.map((row) => (row.name in own ? { ...row, value: own[row.name] ?? null } : row)),
});

/** Buys one a bar, five times, and closes everything at the end. */
const stacker = defineStrategy({
  name: "stacker",
  setup: () => (bar, broker) => {
    if (bar.index <= 5) broker.buy({ size: 1 });
    if (bar.index === 8) broker.close();
  },
});

const run = (own: Partial<Record<LimitName, number | null>>) =>
  runBacktest({
    strategy: stacker,
    data: [{ symbol: "BTC-USD", columns: rising(12) }],
    spec: { cash: 10_000 },
    checks: [registryCheck({ strategy: "stacker", instruments: new Map([["BTC-USD", BTC]]), limits: limitsWith(own) })],
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
    expect(run({ maxPositionLots: 3_000 }).denials.map(({ code }) => code)).toEqual([
      "POSITION_ABOVE_LIMIT",
      "POSITION_ABOVE_LIMIT",
    ]);
    expect(run({ maxOrdersPerDay: 0 }).denials.map(({ code }) => code)).toContain("ORDERS_PER_DAY_ABOVE_LIMIT");
    expect(run({ maxOrderNotional: 102e6 }).denials[0]).toMatchObject({
      code: "NOTIONAL_ABOVE_MAXIMUM",
      side: "buy",
      size: 1,
    });
    expect(run({ maxRepeatedRuns: 2 }).denials).toHaveLength(3);
  });

  test("RC-54 exits are not held up", () => {
    const result = run({ maxPositionLots: 3_000, maxOpenOrders: 1 });
    expect(result.openTrades).toEqual([]);
    expect(result.trades.length).toBeGreaterThan(0);
  });

  test("an instrument without live steps is denied", () => {
    const checks = [registryCheck({ strategy: "stacker", instruments: new Map(), limits: DEFAULT_LIMITS })];
    const result = runBacktest({ strategy: stacker, data: [{ symbol: "BTC-USD", columns: rising(12) }], checks });
    expect(result.denials.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => "INSTRUMENT_UNKNOWN"));
  });
});
