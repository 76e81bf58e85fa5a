import { describe, expect, test } from "vitest";
import { runBacktest } from "../../src/backtest/run.ts";
import { BUILT_IN_STRATEGIES } from "../../src/strategy/builtin/index.ts";
import { type GoldenCase, goldenBars, goldenCase, goldenEquity, goldenFolder, goldenIds } from "../support/golden.ts";
import { specOfGolden } from "../support/golden-replay.ts";

const folder = goldenFolder();
const TOLERANCE = 1e-9;

type Params = Record<string, number>;

/** Which built-in does what a recorded strategy did, and what its parameters are called here. */
const SAME: Record<string, { name: string; params: (recorded: Params) => Params }> = {
  SmaCross: { name: "sma-cross", params: ({ fast, slow, units }) => ({ fast: fast!, slow: slow!, units: units ?? 0 }) },
  SmaBracket: {
    name: "sma-bracket",
    params: ({ fast, slow, units, sl, tp }) => ({
      fast: fast!,
      slow: slow!,
      units: units ?? 0,
      stopLoss: 1 - sl!,
      takeProfit: tp! - 1,
    }),
  },
  StopBracket: {
    name: "breakout",
    params: ({ n, units, slp, tpp }) => ({ period: n!, units: units ?? 0, stopLoss: 1 - slp!, takeProfit: tpp! - 1 }),
  },
  StopBreakout: { name: "channel", params: ({ n, m, units }) => ({ entry: n!, exit: m!, units: units! }) },
  LimitPullback: {
    name: "mean-reversion",
    params: ({ n, off, slp, tpp, life, units }) => ({
      period: n!,
      discount: 1 - off!,
      stopLoss: 1 - slp!,
      takeProfit: tpp! - 1,
      life: life!,
      units: units!,
    }),
  },
};

describe.skipIf(folder === undefined)("built-in strategies reproduce the recorded runs from the prices alone", () => {
  const cases = folder === undefined ? [] : goldenIds(folder).map((id) => goldenCase(folder, id));

  test.each(cases.filter(({ strategy }) => strategy in SAME).map((golden) => [golden.id, golden] as const))(
    "%s",
    (id, golden) => {
      const result = run(golden);
      const { trades } = result;
      expect(trades.map(({ entryBar, exitBar }) => [entryBar, exitBar])).toEqual(
        golden.trades.map((trade) => [trade.entry_bar, trade.exit_bar]),
      );
      for (const [i, expected] of golden.trades.entries()) {
        const trade = trades[i]!;
        expect(relative(trade.size, expected.size)).toBeLessThan(TOLERANCE);
        expect(relative(trade.entryPrice, expected.entry_price)).toBeLessThan(TOLERANCE);
        expect(relative(trade.exitPrice, expected.exit_price)).toBeLessThan(TOLERANCE);
        expect(relative(trade.pnl, expected.pnl)).toBeLessThan(1e-7);
      }
      expect(result.openTrades).toHaveLength(golden.open_trades_at_end.length);
      for (const [bar, expected] of goldenEquity(folder!, id).entries()) {
        expect(relative(result.equity[bar]!, expected)).toBeLessThan(TOLERANCE);
      }
    },
  );
});

function run(golden: GoldenCase) {
  const { name, params } = SAME[golden.strategy]!;
  return runBacktest({
    strategy: BUILT_IN_STRATEGIES.get(name)!,
    params: params(golden.params as Params),
    data: [{ symbol: golden.dataset, columns: goldenBars(folder!, golden.csv) }],
    spec: { ...specOfGolden(golden), compat: "backtesting.py" },
  });
}

function relative(actual: number, expected: number): number {
  return Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
}
