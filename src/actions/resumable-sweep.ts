import type { SweepSpec } from "../backtest/sweep/sweep-spec.ts";
import { OperatorError } from "../core/errors.ts";
import type { RunStore } from "../ports/run-store.ts";
import { prepareSweep } from "./prepare-sweep.ts";
import type { BacktestSources } from "./run-backtest.ts";

/** The specification of a sweep to go on with. Throws `DATA_CHANGED` when bars or strategy are no longer those it began with. */
export async function resumableSweep(
  id: string,
  sources: BacktestSources & { readonly runs: RunStore },
): Promise<SweepSpec> {
  const record = await sources.runs.find(id);
  if (record.kind !== "sweep") {
    throw new OperatorError(`${record.id} is a ${record.kind}, and only sweeps can be resumed.`, {
      exit: "usage",
      code: "NOT_A_SWEEP",
      found: record.title,
    });
  }
  const spec = record.spec as SweepSpec;
  const { id: now } = await prepareSweep(spec, sources);
  if (now === record.id) return spec;
  throw new OperatorError("The bars, the strategy or the engine have changed since the sweep began.", {
    exit: "conflict",
    code: "DATA_CHANGED",
    expected: `what sweep ${record.id} began with`,
    found: `a sweep that would be ${now}`,
    hint: "begin it afresh with ttt backtest sweep",
  });
}
