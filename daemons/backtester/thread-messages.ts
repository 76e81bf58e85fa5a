import type { Dataset } from "../../src/backtest/data/dataset.ts";
import type { RunSpec } from "../../src/backtest/run-spec.ts";
import type { JobDocument, JobFailure } from "../../src/ops/job.ts";

/** What the daemon sends a thread, once. */
export interface ThreadTask {
  readonly spec: RunSpec;
  /** The bars of each reference of the specification, in shared memory. */
  readonly bars: ReadonlyMap<string, Dataset>;
  readonly course: Int32Array;
}

/** What comes back, once. */
export type ThreadAnswer =
  | { readonly ok: true; readonly documents: readonly JobDocument[] }
  | { readonly ok: false; readonly failure: JobFailure };
