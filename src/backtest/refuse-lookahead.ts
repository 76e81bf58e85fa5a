import { OperatorError } from "../core/errors.ts";
import type { WholeColumns } from "../strategy/whole-columns.ts";
import { type ChangedIndicator, changedIndicators } from "./lookahead.ts";

/** Throws OperatorError `LOOKAHEAD` when an indicator's past changes with its future. */
export function refuseLookahead(all: readonly WholeColumns[]): void {
  for (const bars of all) {
    const [changed] = changedIndicators(bars);
    if (changed !== undefined) throw readsAhead(changed);
  }
}

function readsAhead({ label, bar, whole, truncated }: ChangedIndicator): OperatorError {
  return new OperatorError(`Indicator ${label} reads ahead: its value at bar ${bar} depends on later bars.`, {
    exit: "jobFailed",
    code: "LOOKAHEAD",
    expected: `${truncated} (computed from the bars up to then)`,
    found: `${whole} (computed from all bars)`,
  });
}
