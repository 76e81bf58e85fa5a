import type { DataRef, RunSpec } from "../backtest/run-spec.ts";
import { sharedBarsRef } from "../backtest/shared-bars.ts";
import { OperatorError } from "../core/errors.ts";
import type { BacktestService, RemoteBacktest } from "../ports/backtest-service.ts";
import { BUILT_IN_STRATEGIES } from "../strategy/builtin/index.ts";
import { loadBars, type ReadableBars, symbolOf } from "./load-bars.ts";

/**
 * Submits a backtest to a stack elsewhere: its bars are read here and sent along unless the stack has them already.
 * Equal work is not done twice: what comes back may have ended long ago.
 */
export async function submitBacktest(
  spec: RunSpec,
  { sources, service }: { readonly sources: ReadableBars; readonly service: BacktestService },
): Promise<RemoteBacktest> {
  if (!BUILT_IN_STRATEGIES.has(spec.strategy)) throw notRegistered(spec.strategy);
  const share = async (ref: Pick<DataRef, "ref" | "hash">): Promise<string> => {
    const { info, columns } = await loadBars(ref, sources);
    if (!(await service.hasBars(info.hash))) await service.sendBars(info.hash, columns);
    return sharedBarsRef(info);
  };
  const data: DataRef[] = [];
  for (const one of spec.data) {
    const ref = await share(one);
    const finer = one.finer === undefined ? undefined : await share({ ref: one.finer });
    data.push({ ref, symbol: symbolOf(one), ...(finer !== undefined && { finer }) });
  }
  return service.submit({ ...spec, data });
}

function notRegistered(strategy: string): OperatorError {
  return new OperatorError(`${strategy} cannot run there: a stack runs registered strategies only.`, {
    exit: "notFound",
    code: "STRATEGY_UNKNOWN",
    expected: [...BUILT_IN_STRATEGIES.keys()].join(", "),
    found: strategy,
    hint: "Leave out --remote to run a strategy file here.",
  });
}
