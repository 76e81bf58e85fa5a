import type { DataRef, RunSpec } from "../backtest/run-spec.ts";
import { sharedBarsRef } from "../backtest/shared-bars.ts";
import { OperatorError } from "../core/errors.ts";
import type { BacktestService } from "../ports/backtest-service.ts";
import { BUILT_IN_STRATEGIES } from "../strategy/builtin/index.ts";
import { loadBars, type ReadableBars, symbolOf } from "./load-bars.ts";

export interface Sharing {
  readonly sources: ReadableBars;
  readonly service: Pick<BacktestService, "hasBars" | "sendBars">;
}

/**
 * A specification as a stack elsewhere understands it: its bars are read here, sent along unless the stack has them
 * already, and named by their hash. Throws OperatorError for a strategy that is not registered everywhere.
 */
export async function shareBars(spec: RunSpec, { sources, service }: Sharing): Promise<RunSpec> {
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
  const { benchmark } = spec;
  if (benchmark === undefined) return { ...spec, data };
  return { ...spec, data, benchmark: { ref: await share(benchmark), symbol: symbolOf(benchmark) } };
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
