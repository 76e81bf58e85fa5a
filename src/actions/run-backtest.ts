import { createHash } from "node:crypto";
import { checkInstruments } from "../backtest/check-spec.ts";
import { type Calendar, calendarGiven } from "../backtest/data/calendar.ts";
import { sliceByTime } from "../backtest/data/slice-bars.ts";
import type { MarketData } from "../backtest/request.ts";
import { runBacktest as runEngine } from "../backtest/run.ts";
import { type RunData, type RunOutcome, type RunReport, runDataOf } from "../backtest/run-report.ts";
import type { DataRef, RunSpec } from "../backtest/run-spec.ts";
import { settledOptions } from "../backtest/settled-options.ts";
import { computeStatistics } from "../backtest/statistics/compute-statistics.ts";
import { OperatorError } from "../core/errors.ts";
import type { StrategyLoader } from "../ports/strategy-loader.ts";
import type { AnyStrategy } from "../strategy/define-strategy.ts";
import { loadBars, type ReadableBars, symbolOf } from "./load-bars.ts";
import { loadBenchmark } from "./load-benchmark.ts";

export interface BacktestSources extends ReadableBars {
  readonly strategies: StrategyLoader;
}

/**
 * Runs one backtest in this thread, from a specification alone; the same specification gives the same report wherever
 * it runs. `onStrategy` may wrap the loaded strategy, to watch it. Throws OperatorError.
 */
export async function runBacktest(
  spec: RunSpec,
  sources: BacktestSources,
  onStrategy: (strategy: AnyStrategy) => AnyStrategy = (strategy) => strategy,
): Promise<RunOutcome> {
  const { strategy, hash } = await sources.strategies.load(spec.strategy, spec.source);
  const instruments = await loadInstruments(spec, sources);
  const result = runEngine({
    strategy: onStrategy(strategy),
    params: spec.params,
    data: instruments.map(({ market }) => market),
    spec: spec.options,
    ...(hash !== undefined && { strategyHash: hash }),
  });
  const [first] = instruments;
  const { columns } = first!.market;
  const { convention } = spec;
  const benchmark = await loadBenchmark(spec, result.time, sources);
  const input = { result, columns, calendar: first!.calendar, benchmark };
  const facts = {
    engineVersion: result.engineVersion,
    strategy: result.strategy,
    strategyHash: result.strategyHash,
    params: result.params,
    data: instruments.map(({ data }) => data),
    options: settledOptions(spec.options),
  };
  const report: RunReport = {
    id: runId({ ...facts, convention, calendar: spec.calendar, benchmark: benchmark && hashOf(benchmark.prices) }),
    ...facts,
    synthetic: instruments.some(({ data }) => data.synthetic),
    stats: computeStatistics(input, { convention }),
    trades: result.trades,
    openTrades: result.openTrades,
    denials: result.denials,
    liquidations: result.liquidations,
    firstBar: result.firstBar,
    ...(result.bankruptBar !== undefined && { bankruptBar: result.bankruptBar }),
  };
  return { report, result, columns };
}

export interface LoadedInstrument {
  readonly market: MarketData;
  readonly data: RunData;
  /** Of the whole dataset, whatever part of it is used; or as the specification says. */
  readonly calendar: Calendar;
}

/** The bars of a specification's instruments, and what is to be said of them. */
export async function loadInstruments(spec: RunSpec, sources: ReadableBars): Promise<LoadedInstrument[]> {
  checkInstruments(spec.options, spec.data.map(symbolOf));
  return Promise.all(spec.data.map((ref) => loadInstrument(ref, spec, sources)));
}

async function loadInstrument(
  ref: DataRef,
  { from, to, calendar }: RunSpec,
  sources: ReadableBars,
): Promise<LoadedInstrument> {
  const symbol = symbolOf(ref);
  const { info, columns: all } = await loadBars(ref, sources);
  const columns = sliceByTime(all, from, to);
  if (columns.time.length === 0) {
    throw new OperatorError(`${symbol} has no bars in the time asked for.`, {
      exit: "badData",
      code: "NO_BARS",
      expected: `${isoOf(from) ?? "the beginning"} to ${isoOf(to) ?? "the end"}`,
      found: `${isoOf(info.from)} to ${isoOf(info.to)}`,
    });
  }
  const finer = ref.finer === undefined ? undefined : (await loadBars({ ref: ref.finer }, sources)).columns;
  const market = { symbol, columns, hash: info.hash, ...(finer && { finer: sliceByTime(finer, from, to) }) };
  return { market, data: runDataOf(symbol, info, columns), calendar: calendarGiven(info.calendar, calendar) };
}

const isoOf = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

const hashOf = (prices: Float64Array): string =>
  createHash("sha256")
    .update(new Uint8Array(prices.buffer, prices.byteOffset, prices.byteLength))
    .digest("hex");

/** Twelve hexadecimal digits of a hash: enough to tell a person's runs apart. */
function runId(facts: object): string {
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 12);
}
