import { OperatorError } from "../core/errors.ts";
import type { WholeColumns } from "../strategy/whole-columns.ts";
import type { BarColumns } from "../trading/bar.ts";
import { sliceByTime } from "./data/slice-bars.ts";
import { type ChangedIndicator, changedIndicators } from "./lookahead.ts";
import type { MarketData } from "./request.ts";
import type { RunResult } from "./run-result.ts";

/** Throws OperatorError `LOOKAHEAD` when an indicator's past changes with its future. */
export function refuseLookaheadOfIndicators(all: readonly WholeColumns[]): void {
  for (const bars of all) {
    const [changed] = changedIndicators(bars);
    if (changed !== undefined) throw readsAhead(changed);
  }
}

/** Parts of the bars over which a strategy is run again. */
const CUTS = [1 / 3, 2 / 3, 0.9];

/**
 * Runs the strategy again over the first part of the bars. Throws OperatorError `LOOKAHEAD` when its equity differs
 * from that of the whole run before the cut: then it knows more than its series told it, or remembers earlier runs.
 */
export function refuseLookaheadOfStrategy(
  whole: RunResult,
  data: readonly MarketData[],
  runAgain: (data: readonly MarketData[]) => RunResult,
): void {
  for (const cut of CUTS) {
    const end = whole.time[Math.floor(cut * whole.time.length)];
    if (end === undefined) continue;
    const part = data.map((market) => truncated(market, end));
    if (part.some(({ columns }) => columns.time.length === 0)) continue;
    const again = runAgain(part);
    // The last step of a run may hold what is only done at the end.
    const step = again.equity.subarray(0, -1).findIndex((value, index) => value !== whole.equity[index]);
    if (step >= 0) throw knowsMore(whole, again, step);
  }
}

function truncated({ symbol, columns, finer }: MarketData, end: number): MarketData {
  const before = (bars: BarColumns) => sliceByTime(bars, undefined, end);
  return { symbol, columns: before(columns), ...(finer !== undefined && { finer: before(finer) }) };
}

function readsAhead({ label, bar, whole, truncated }: ChangedIndicator): OperatorError {
  return new OperatorError(`Indicator ${label} reads ahead: its value at bar ${bar} depends on later bars.`, {
    exit: "jobFailed",
    code: "LOOKAHEAD",
    expected: `${truncated} (computed from the bars up to then)`,
    found: `${whole} (computed from all bars)`,
  });
}

function knowsMore(whole: RunResult, again: RunResult, step: number): OperatorError {
  const time = new Date(whole.time[step]!).toISOString();
  return new OperatorError(`The strategy trades differently by bar ${step} (${time}) when later bars are cut off.`, {
    exit: "jobFailed",
    code: "LOOKAHEAD",
    expected: `equity ${again.equity[step]} (run over the first part of the bars)`,
    found: `equity ${whole.equity[step]} (run over all bars)`,
    hint: "It reads data of its own, or keeps something from one run to the next. Its indicators are sound.",
  });
}
