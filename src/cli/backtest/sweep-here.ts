import { runSweep } from "../../actions/run-sweep.ts";
import type { SweepReport } from "../../backtest/sweep/sweep-report.ts";
import type { SweepSpec } from "../../backtest/sweep/sweep-spec.ts";
import { isDone } from "../../backtest/sweep/trial.ts";
import type { ApiWish } from "../../runtime/api-access.ts";
import type { Workbench } from "../../runtime/workbench.ts";
import { interruptSignal } from "../interrupt.ts";
import { progressOf } from "../present/progress.ts";
import { sweepSources } from "./sweep-sources.ts";

export interface SweepOptions {
  readonly jobs: number;
  readonly stallMs: number;
  readonly fresh: boolean;
  readonly json: boolean;
  /** On the backtesters of this stack instead of on this machine's threads. */
  readonly remote: ApiWish | undefined;
}

/** Runs a sweep with progress on stderr; Ctrl-C keeps what is done. */
export async function sweepHere(spec: SweepSpec, workbench: Workbench, options: SweepOptions): Promise<SweepReport> {
  const sources = sweepSources(spec, workbench, options);
  const { remote } = options;
  const openPool = remote ? await openPoolOnStack(spec.run, workbench, remote) : sources.openPool;
  const progress = progressOf("sweep", "runs", workbench.clock, options.json);
  const watch = {
    fresh: options.fresh,
    signal: interruptSignal(),
    onProgress(done: number, total: number, best: Parameters<typeof isDone>[0] | undefined) {
      const value = best !== undefined && isDone(best) ? best[spec.objective] : null;
      progress.update(done, total, value === null ? "" : `best ${spec.objective} ${value.toFixed(3)}`);
    },
  };
  return runSweep(spec, { ...sources, openPool }, watch).finally(progress.end);
}

/** What speaks to a stack is loaded only when it is asked for. */
async function openPoolOnStack(...args: Parameters<typeof import("./sweep-remote.ts").poolOnStack>) {
  const { poolOnStack } = await import("./sweep-remote.ts");
  return poolOnStack(...args);
}
