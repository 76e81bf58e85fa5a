import type { SweepSources } from "../../actions/prepare-sweep.ts";
import { RemoteTrialPool } from "../../actions/remote-trial-pool.ts";
import { shareBars } from "../../actions/share-bars.ts";
import type { RunSpec } from "../../backtest/run-spec.ts";
import type { ApiWish } from "../../runtime/api-access.ts";
import { openBacktestService } from "../../runtime/backtest-service.ts";
import { loadConfig } from "../../runtime/config.ts";
import type { Workbench } from "../../runtime/workbench.ts";

/** The stack's backtesters as the pool that a sweep runs on. The bars are sent now, unless the stack has them. */
export async function poolOnStack(
  run: RunSpec,
  sources: Workbench,
  remote: ApiWish,
): Promise<SweepSources["openPool"]> {
  const service = openBacktestService(await loadConfig(), remote);
  const shared = await shareBars(run, { sources, service });
  return ({ id }) => new RemoteTrialPool({ run: shared, sweep: id, service });
}
