import { runBacktest } from "../../src/backtest/run.ts";
import type { RunResult } from "../../src/backtest/run-result.ts";
import type { AnyStrategy } from "../../src/strategy/define-strategy.ts";
import type { BarColumns } from "../../src/trading/bar.ts";
import { minuteBars } from "../support/bars.ts";
import { type BareResult, bareBracket, bareCross } from "./bare-loops.ts";
import { type Bench, type Figure, median, ratioOf, spread, timePairs } from "./bench.ts";
import { bracket, bracketAtEveryBar, cross, crossAtEveryBar } from "./strategies.ts";

const BARS = 1_000_000;
const REPETITIONS = 31;
const MARK = 0.5;
/** The bare loop's speed, and what ours must reach where it does. */
const FAST_MACHINE = 30e6;
const FAST_ENOUGH = 15e6;

interface Work {
  readonly id: string;
  readonly strategy: AnyStrategy;
  /** The same, called at every bar: for the ratio that such a strategy has. */
  readonly atEveryBar: AnyStrategy;
  readonly bare: (columns: BarColumns, fast: number, slow: number) => BareResult;
}

export const singleRun: Bench = {
  id: "BP-01",
  title: "one run, 1,000,000 one-minute bars, SMA cross with commission, beside a bare loop",
  measure: () => [compare({ id: "BP-01", strategy: cross, atEveryBar: crossAtEveryBar, bare: bareCross })],
};

export const bracketRun: Bench = {
  id: "BP-02",
  title: "the same with a stop-loss and a take-profit",
  measure: () => [compare({ id: "BP-02", strategy: bracket, atEveryBar: bracketAtEveryBar, bare: bareBracket })],
};

function compare({ id, strategy, atEveryBar, bare }: Work): Figure {
  const columns = minuteBars(BARS, "bench");
  const data = [{ symbol: "BENCH", columns }];
  const pairsOf = (one: AnyStrategy) => {
    const run = (): RunResult => runBacktest({ strategy: one, data, spec: { commission: 0.001 } });
    mustAgree(run(), bare(columns, 10, 30));
    return timePairs(run, () => bare(columns, 10, 30), REPETITIONS);
  };
  const times = pairsOf(strategy);
  const rates = times.ours.processor.map((ms) => (BARS / ms) * 1000);
  const bareRate = (BARS / median(times.theirs.processor)) * 1000;
  const ratio = ratioOf(times);
  const fastEnough = bareRate < FAST_MACHINE || median(rates) >= FAST_ENOUGH;
  return {
    id,
    median: median(rates),
    spread: spread(rates),
    unit: "bars/s",
    ratio,
    mark: MARK,
    pass: ratio >= MARK && fastEnough,
    repetitions: REPETITIONS,
    notes: {
      bareBarsPerSecond: Math.round(bareRate),
      ratioWhenCalledAtEveryBar: Number(ratioOf(pairsOf(atEveryBar)).toFixed(2)),
    },
  };
}

function mustAgree(ours: RunResult, bare: BareResult): void {
  const near = Math.abs(ours.finalEquity / bare.equity - 1) < 1e-9;
  if (ours.tradeLog.length !== bare.trades || !near) {
    throw new Error(
      `the bare loop does something else: ${ours.tradeLog.length} and ${bare.trades} trades, ` +
        `${ours.finalEquity} and ${bare.equity}`,
    );
  }
}
