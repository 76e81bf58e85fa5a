import { syntheticBars } from "../backtest/data/synthetic-bars.ts";
import { runBacktest } from "../backtest/run.ts";
import type { StrategyLoader } from "../ports/strategy-loader.ts";
import type { AnyStrategy } from "../strategy/define-strategy.ts";
import type { BarColumns } from "../trading/bar.ts";

export interface StrategyCheck {
  readonly strategy: string;
  readonly origin: string;
  /** Runs that were made over synthetic bars, and what they did. */
  readonly runs: readonly {
    readonly bars: string;
    readonly trades: number;
    readonly denials: number;
    readonly codes: readonly string[];
  }[];
}

/** Bars of a trial run: enough for the warm-up of most strategies. */
const TRIAL_BARS = 3000;
const DAY_MS = 86_400_000;

/**
 * Proves that a strategy works: it loads, runs with its defaults over several synthetic markets, gives the same result
 * twice, and none of its indicators reads ahead. Throws OperatorError `jobFailed` naming the bar otherwise.
 */
export async function checkStrategy(
  reference: string,
  strategies: StrategyLoader,
  onStrategy: (strategy: AnyStrategy) => AnyStrategy = (strategy) => strategy,
): Promise<StrategyCheck> {
  const { strategy: loaded, path } = await strategies.load(reference);
  const strategy = onStrategy(loaded);
  const markets: readonly [string, BarColumns][] = [
    ["minutes with holes and bursts", syntheticBars({ bars: TRIAL_BARS, gapChance: 0.01, burstChance: 0.005 })],
    ["days of a stock", syntheticBars({ bars: TRIAL_BARS, intervalMs: DAY_MS, weekdaysOnly: true, seed: 2 })],
    ["a market that does not move", syntheticBars({ bars: TRIAL_BARS, volatility: 0, burstChance: 0, seed: 3 })],
  ];
  const runs = markets.map(([bars, columns]) => {
    const second = syntheticBars({ bars: TRIAL_BARS, seed: 4, startMs: columns.time[0]! });
    const data = [
      { symbol: "FIRST", columns },
      { symbol: "SECOND", columns: { ...second, time: columns.time } },
    ];
    const { trades, denials } = runBacktest({ strategy, data, spec: { checked: true } });
    return {
      bars,
      trades: trades.length,
      denials: denials.length,
      codes: [...new Set(denials.map(({ code }) => code))],
    };
  });
  return { strategy: strategy.name, origin: path ?? "built-in", runs };
}
