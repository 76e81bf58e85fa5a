import type { Dataset } from "../../src/backtest/data/dataset.ts";
import type { RunSpec } from "../../src/backtest/run-spec.ts";
import type { JobFailure } from "../../src/ops/job.ts";
import type { JobDocument } from "../../src/ports/job-store.ts";

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

/** Shared words in which a thread shows how far it is. */
export const COURSE = { bar: 0, phase: 1 } as const;
export const PHASE = { loading: 0, bars: 1, report: 2 } as const;

export const newCourse = (): Int32Array =>
  new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * Object.keys(COURSE).length));
