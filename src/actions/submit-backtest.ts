import type { RunSpec } from "../backtest/run-spec.ts";
import type { BacktestService, RemoteBacktest } from "../ports/backtest-service.ts";
import type { ReadableBars } from "./load-bars.ts";
import { shareBars } from "./share-bars.ts";

/**
 * Submits a backtest to a stack elsewhere: its bars are read here and sent along unless the stack has them already.
 * Equal work is not done twice: what comes back may have ended long ago.
 */
export async function submitBacktest(
  spec: RunSpec,
  { sources, service }: { readonly sources: ReadableBars; readonly service: BacktestService },
  priority?: number,
): Promise<RemoteBacktest> {
  return service.submit(await shareBars(spec, { sources, service }), priority);
}
