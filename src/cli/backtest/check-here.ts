import type { StrategyCheck } from "../../actions/check-strategy.ts";
import type { Clock } from "../../core/clock.ts";
import { runWatched } from "../../runtime/watched-thread.ts";

/** Tries a strategy in a thread of its own, which is ended when it gets stuck. */
export function checkHere(reference: string, stallMs: number, clock: Clock): Promise<StrategyCheck> {
  const entry = "src/cli/backtest/check-strategy.thread";
  return runWatched<StrategyCheck>({ entry, data: { reference }, stallMs, what: reference, params: {} }, clock);
}
