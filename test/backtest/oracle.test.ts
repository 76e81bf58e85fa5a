import fc from "fast-check";
import { expect, test } from "vitest";
import { runBacktest } from "../../src/backtest/run.ts";
import { defineStrategy } from "../../src/strategy/define-strategy.ts";
import type { Bar } from "../../src/trading/bar.ts";
import { columnsOf } from "../support/bars.ts";
import { finerBars, perform, type Scenario, SYMBOLS, scenario } from "../support/scenarios.ts";
import { type OracleResult, runOracle } from "./oracle.ts";

/** Relative difference allowed in prices, profits and equity: the two add up in different orders. */
const TOLERANCE = 1e-9;

/** Ends of trades and refusals that the scenarios must bring about, each some hundred times. */
const KINDS = [
  "order",
  "close",
  "stop-loss",
  "take-profit",
  "liquidation",
  "end",
  "INSUFFICIENT_MARGIN",
  "SIZE_BELOW_LOT",
  "BRACKET_WRONG_SIDE",
];

test("engine and oracle agree on 10,000 random strategies, models and bars", { timeout: 120_000 }, () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  fc.assert(
    fc.property(scenario, (one) => {
      const expected = oracleResult(one);
      const actual = engineResult(one);
      expect(disagreement(expected, actual)).toBeUndefined();
      for (const { exitReason } of expected.trades) count(exitReason);
      for (const { code } of expected.denials) count(code);
    }),
    { numRuns: Number(process.env.TTT_SCENARIOS ?? 10_000), seed: Number(process.env.TTT_SEED ?? 20260101) },
  );
  for (const kind of KINDS) expect([kind, (seen.get(kind) ?? 0) > 300]).toEqual([kind, true]);
});

function oracleResult({ bars, finer, spec, script }: Scenario): OracleResult {
  const data = bars.map((rows, index) => ({
    symbol: SYMBOLS[index]!,
    bars: rows,
    ...(finer && { finer: finerBars(rows) }),
  }));
  const times = stepTimes(bars);
  let call = 0;
  return runOracle(data, spec, (step, broker) => {
    const now = times[step]!;
    perform(script[call++] ?? [], broker, (symbol) => lastClose(bars[SYMBOLS.indexOf(symbol)]!, now), now);
  });
}

function engineResult({ bars, finer, spec, script }: Scenario): OracleResult {
  const strategy = defineStrategy({
    name: "script",
    setup(context) {
      let call = 0;
      return (_bar, broker) => {
        const now = Math.max(...context.symbols.map((symbol) => context.instrument(symbol).time.now));
        perform(script[call++] ?? [], broker, (symbol) => context.instrument(symbol).close.now, now);
      };
    },
  });
  const data = bars.map((rows, index) => ({
    symbol: SYMBOLS[index]!,
    columns: columnsOf(rows),
    ...(finer && { finer: columnsOf(finerBars(rows)) }),
  }));
  const result = runBacktest({ strategy, data, spec });
  return {
    trades: result.trades.map(
      ({ entryTime: _in, exitTime: _out, returnFraction: _return, sl: _sl, tp: _tp, ...trade }) => ({
        ...trade,
        tag: trade.tag,
      }),
    ),
    open: result.openTrades.map(({ symbol, entryBar, entryPrice, size, sl, tp }) => ({
      symbol,
      entryBar,
      entryPrice,
      size,
      ...(sl !== undefined && { sl }),
      ...(tp !== undefined && { tp }),
    })),
    equity: [...result.equity],
    denials: result.denials.map(({ bar, symbol, code, side }) => ({ bar, symbol, code, side })),
    liquidations: result.liquidations,
  };
}

function stepTimes(bars: readonly (readonly Bar[])[]): number[] {
  return [...new Set(bars.flatMap((rows) => rows.map(({ time }) => time)))].sort((a, b) => a - b);
}

function lastClose(bars: readonly Bar[], now: number): number {
  return bars.findLast(({ time }) => time <= now)!.close;
}

/** The first place where two results differ by more than rounding, or undefined. */
function disagreement(expected: unknown, actual: unknown, path = "result"): string | undefined {
  if (typeof expected === "number" && typeof actual === "number") {
    const near = Math.abs(expected - actual) <= TOLERANCE * Math.max(1, Math.abs(expected));
    return near || Object.is(expected, actual) ? undefined : `${path}: oracle ${expected}, engine ${actual}`;
  }
  if (isRecord(expected) && isRecord(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const found = disagreement(expected[key], actual[key], `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return expected === actual ? undefined : `${path}: oracle ${String(expected)}, engine ${String(actual)}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
