import { messageOf, OperatorError } from "../core/errors.ts";
import { seededRandom } from "../core/random.ts";
import { CurrentBar } from "../strategy/bars.ts";
import { ColumnPool } from "../strategy/column-pool.ts";
import { type OnBar, strategyParams } from "../strategy/define-strategy.ts";
import type { ParamValues } from "../strategy/params.ts";
import { Series } from "../strategy/series.ts";
import { IndicatorCache, WholeColumns } from "../strategy/whole-columns.ts";
import { checkSpec } from "./check-spec.ts";
import { Account } from "./engine/account.ts";
import type { Course } from "./engine/course.ts";
import { finish } from "./engine/finish.ts";
import { mergedTimes, runMerged, runSingle } from "./engine/loop.ts";
import { Market } from "./engine/market.ts";
import { rulesOf } from "./engine/rules.ts";
import { StrategyFault } from "./engine/strategy-fault.ts";
import { placeInStrategy } from "./place-in-strategy.ts";
import { refuseBadBars } from "./refuse-bad-bars.ts";
import { refuseLookaheadOfIndicators, refuseLookaheadOfStrategy } from "./refuse-lookahead.ts";
import type { BacktestRequest, MarketData } from "./request.ts";
import { RunResult } from "./run-result.ts";
import { setupFault } from "./setup-fault.ts";
import type { BacktestSpec } from "./spec.ts";

/**
 * Runs one backtest in this thread. The same request gives the same result, to the bit.
 * Throws OperatorError: bad data, bad parameters, or a strategy that failed, with its bar, parameters and stack.
 */
export function runBacktest(request: BacktestRequest): RunResult {
  if (request.cache !== undefined) return runWith(request, request.cache);
  const cache = new IndicatorCache(Infinity, workingColumns);
  try {
    return runWith(request, cache);
  } finally {
    cache.release();
  }
}

/** What indicators of runs without a cache of their own are computed into. */
const workingColumns = new ColumnPool();

function runWith(request: BacktestRequest, cache: IndicatorCache): RunResult {
  const { strategy, data, spec = {}, checks = [] } = request;
  checkSpec(spec, data);
  refuseBadBars(data);
  const params = strategyParams(strategy, request.params);
  const markets = data.map(({ symbol, columns, finer }, index) => {
    const bars = new WholeColumns(symbol, columns, cache);
    return new Market(index, bars, columns, finer, spec.instruments?.[symbol]);
  });
  const account = new Account(rulesOf(spec), markets, checks);
  const { onBar, needed } = setUp(request, params, markets);
  if (spec.checked) refuseLookaheadOfIndicators(markets.map(({ bars }) => bars));

  const time = markets.length === 1 ? markets[0]!.columns.time : mergedTimes(markets);
  const equity = (request.equity ?? new Float64Array(time.length)).subarray(0, time.length);
  const warmUps = markets.map(({ bars }, index) => Math.max(bars.warmUp, index === 0 ? needed - 1 : 0));
  const course: Course = { account, onBar, bar: new CurrentBar(markets[0]!.bars), warmUps, equity };
  const bankruptBar = guarded(request, params, markets[0]!, () =>
    markets.length === 1 ? runSingle(course) : runMerged(course, time),
  );
  if (bankruptBar < 0) finish(account, equity);
  // Whoever kept a series finds nothing in it: its column belongs to the next run.
  for (const { bars } of markets) bars.cursor.index = -1;
  const seed = spec.seed ?? 0;
  const { strategyHash } = request;
  const result = new RunResult({
    strategy,
    strategyHash,
    params,
    seed,
    data,
    account,
    equity,
    time,
    firstBar: Math.max(...warmUps),
    bankruptBar,
  });
  if (!Number.isFinite(result.finalEquity)) throw failure(request, params, -1, notANumber());
  if (spec.checked) {
    const unchecked = { ...spec, checked: false };
    refuseLookaheadOfStrategy(result, data, (part) => runAgain(request, unchecked, part));
  }
  return result;
}

/** The same run over other bars, into memory of its own. */
function runAgain(request: BacktestRequest, spec: BacktestSpec, data: readonly MarketData[]): RunResult {
  const { equity: _equity, cache: _cache, ...rest } = request;
  return runBacktest({ ...rest, spec, data });
}

function setUp(
  request: BacktestRequest,
  params: ParamValues,
  markets: readonly Market[],
): { onBar: OnBar; needed: number } {
  let needed = 1;
  const symbols = markets.map(({ symbol }) => symbol);
  const onBar = guarded(request, params, undefined, () =>
    request.strategy.setup({
      bars: markets[0]!.bars,
      params,
      symbols,
      instrument(symbol) {
        const found = markets.find((market) => market.symbol === symbol);
        if (found !== undefined) return found.bars;
        throw new StrategyFault(
          "INSTRUMENT_UNKNOWN",
          `the run has no instrument ${symbol}, only ${symbols.join(", ")}`,
        );
      },
      needBars(count) {
        needed = Math.max(needed, count);
      },
      random: seededRandom(request.spec?.seed ?? 0),
    }),
  );
  const fault = setupFault(onBar);
  if (fault !== undefined) throw failure(request, params, -1, new StrategyFault("SETUP_INVALID", fault));
  return { onBar, needed };
}

/** Runs a part of the strategy; what it throws becomes a failed run that names the bar. */
function guarded<T>(request: BacktestRequest, params: ParamValues, market: Market | undefined, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const bar = market === undefined ? -1 : Series.cursorOf(market.bars.close).index;
    throw error instanceof OperatorError ? error : failure(request, params, bar, error);
  }
}

/** Where to look. */
const hintOf = (cause: unknown): { hint?: string } => {
  const hint = placeInStrategy(cause);
  return hint === undefined ? {} : { hint };
};

function failure(request: BacktestRequest, params: ParamValues, bar: number, cause: unknown): OperatorError {
  const time = request.data[0]?.columns.time[bar];
  const place = bar < 0 ? "" : ` at bar ${bar}${time === undefined ? "" : ` (${new Date(time).toISOString()})`}`;
  return new OperatorError(`Strategy ${request.strategy.name} failed${place}: ${messageOf(cause)}`, {
    exit: "jobFailed",
    code: cause instanceof StrategyFault ? cause.code : "STRATEGY_THREW",
    found: `params ${JSON.stringify(params)}`,
    ...hintOf(cause),
    cause,
  });
}

function notANumber(): StrategyFault {
  return new StrategyFault("RESULT_NOT_A_NUMBER", "the final equity is not a number");
}
