import { firstAtOrAfter } from "../backtest/data/slice-bars.ts";
import type { RunSpec } from "../backtest/run-spec.ts";
import type { Benchmark } from "../backtest/statistics/statistics.ts";
import { OperatorError } from "../core/errors.ts";
import type { BarColumns } from "../trading/bar.ts";
import { loadBars, type ReadableBars, symbolOf } from "./load-bars.ts";

/**
 * What a run's alpha and beta are measured against, with a price at each of its steps: the last close that was known.
 * Throws OperatorError `BENCHMARK_TOO_LATE` when the benchmark begins after the run.
 */
export async function loadBenchmark(
  { benchmark }: Pick<RunSpec, "benchmark">,
  steps: Float64Array,
  sources: ReadableBars,
): Promise<Benchmark | undefined> {
  if (benchmark === undefined) return undefined;
  const { columns } = await loadBars(benchmark, sources);
  const symbol = symbolOf(benchmark);
  const [from, first] = [columns.time[0]!, steps[0]!];
  if (from > first) {
    throw new OperatorError(`The benchmark ${symbol} begins after the run.`, {
      exit: "badData",
      code: "BENCHMARK_TOO_LATE",
      expected: `bars from ${new Date(first).toISOString()} on`,
      found: `bars from ${new Date(from).toISOString()} on`,
      hint: "--from gives the run a later beginning",
    });
  }
  return { symbol, prices: pricesAt(steps, columns) };
}

function pricesAt(steps: Float64Array, { time, close }: BarColumns): Float64Array {
  let row = firstAtOrAfter(time, steps[0]!);
  if (time[row] !== steps[0]) row--;
  return steps.map((at) => {
    while (row + 1 < time.length && time[row + 1]! <= at) row++;
    return close[row]!;
  });
}
