import { systemClock } from "../../src/adapters/system/system-clock.ts";
import type { MarketData } from "../../src/backtest/request.ts";
import { isDone, type TrialTask } from "../../src/backtest/sweep/trial.ts";
import { TrialRunner } from "../../src/backtest/sweep/trial-runner.ts";
import { ThreadTrialPool } from "../../src/runtime/thread-trial-pool.ts";
import { smaCross } from "../../src/strategy/builtin/sma-cross.ts";
import type { BarColumns } from "../../src/trading/bar.ts";
import { minuteBars } from "../support/bars.ts";
import { bareAverage, bareCrossOf } from "./bare-loops.ts";
import { type Bench, type Figure, median, ratioOf, spread, timePairs } from "./bench.ts";

const BARS = 100_000;
const REPETITIONS = 9;
const OPTIONS = { commission: 0.001 };
const FIXED = { units: 1 };
const ONE_CORE_MARK = 0.3;
const ONE_CORE_RATE = 40e6;
const TWO_CORE_MARK = 1.7;

const PAIRS = Array.from({ length: 20 }, (_none, f) =>
  Array.from({ length: 19 }, (_no, s) => [5 + f, 30 + 5 * s]),
).flat() as [number, number][];
const TASKS: TrialTask[] = PAIRS.map(([fast, slow], index) => ({ index, params: { fast, slow } }));
const BAR_RUNS = BARS * TASKS.length;

export const sweep: Bench = {
  id: "BP-03",
  title: "sweep of 380 runs over 100,000 bars, beside a bare loop on one core, and on two cores",
  async measure() {
    const data = [{ symbol: "BENCH", columns: minuteBars(BARS, "bench") }];
    return [onOneCore(data), await onTwoCores(data)];
  },
};

/** The runs of a sweep as `ttt backtest sweep` makes them, all measures included, beside a loop without measures. */
function onOneCore(data: readonly MarketData[]): Figure {
  const { columns } = data[0]!;
  const ours = (): Totals => totalsOf(new TrialRunner({ strategy: smaCross, data, options: OPTIONS, fixed: FIXED }));
  mustAgree(ours(), bareSweep(columns));
  const times = timePairs(ours, () => bareSweep(columns), REPETITIONS, 2);
  const rates = times.ours.processor.map((ms) => (BAR_RUNS / ms) * 1000);
  const ratio = ratioOf(times);
  return {
    id: "BP-03",
    median: median(rates),
    spread: spread(rates),
    unit: "bar-runs/s",
    ratio,
    mark: ONE_CORE_MARK,
    pass: ratio >= ONE_CORE_MARK && median(rates) >= ONE_CORE_RATE,
    repetitions: REPETITIONS,
    notes: {
      mustReach: ONE_CORE_RATE,
      bareBarRunsPerSecond: Math.round((BAR_RUNS / median(times.theirs.processor)) * 1000),
    },
  };
}

function totalsOf(runner: TrialRunner): Totals {
  let [equity, trades] = [0, 0];
  for (const task of TASKS) {
    const trial = runner.run(task);
    if (!isDone(trial)) throw new Error(trial.error.message);
    equity += trial.finalEquity;
    trades += trial.trades;
  }
  return { equity, trades };
}

async function onTwoCores(data: readonly MarketData[]): Promise<Figure> {
  const timeWith = async (jobs: number): Promise<number[]> => {
    const setup = { strategy: "sma-cross", data, options: OPTIONS, fixed: FIXED };
    const pool = new ThreadTrialPool("src/cli/backtest/trial.thread", setup, { jobs, stallMs: 60_000 }, systemClock);
    const times: number[] = [];
    // The first time starts the threads and warms them up.
    for (let i = -1; i < REPETITIONS; i++) {
      const begin = performance.now();
      await pool.run(TASKS, () => {});
      if (i >= 0) times.push(performance.now() - begin);
    }
    await pool.close();
    return times;
  };
  const one = await timeWith(1);
  const two = await timeWith(2);
  const rates = two.map((ms) => (BAR_RUNS / ms) * 1000);
  const ratio = Math.min(...one) / Math.min(...two);
  return {
    id: "BP-03 two cores",
    median: median(rates),
    spread: spread(rates),
    unit: "bar-runs/s",
    ratio,
    mark: TWO_CORE_MARK,
    pass: ratio >= TWO_CORE_MARK,
    repetitions: REPETITIONS,
  };
}

interface Totals {
  readonly equity: number;
  readonly trades: number;
}

function bareSweep(columns: BarColumns): Totals {
  const averages = new Map<number, Float64Array>();
  const averageOf = (period: number): Float64Array => {
    const known = averages.get(period) ?? bareAverage(columns.close, period);
    averages.set(period, known);
    return known;
  };
  let [equity, trades] = [0, 0];
  for (const [fast, slow] of PAIRS) {
    const result = bareCrossOf(columns, averageOf(fast), averageOf(slow), slow);
    equity += result.equity;
    trades += result.trades;
  }
  return { equity, trades };
}

function mustAgree(ours: Totals, bare: Totals): void {
  if (ours.trades === bare.trades && Math.abs(ours.equity / bare.equity - 1) < 1e-9) return;
  throw new Error(`the bare loop does something else: ${JSON.stringify([ours, bare])}`);
}
