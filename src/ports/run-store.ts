import type { RunKind, RunRecord, StoredCurve } from "../backtest/run-record.ts";

/** Finished and unfinished backtests of this machine. Writes are whole or not at all. */
export interface RunStore {
  /** Newest first. */
  list(kind?: RunKind): Promise<RunRecord[]>;
  /** By id, or by a beginning of it that no other has. Throws OperatorError `RUN_UNKNOWN` or `RUN_AMBIGUOUS`. */
  find(id: string): Promise<RunRecord>;
  /** By its whole id; undefined when there is none. */
  get(id: string): Promise<RunRecord | undefined>;
  save(record: RunRecord): Promise<void>;
  /** Named documents of a run: `report`, `trials` ... Undefined when there is none of this name. */
  readDocument<T>(id: string, name: string): Promise<T | undefined>;
  writeDocument(id: string, name: string, value: unknown): Promise<void>;
  readCurve(id: string): Promise<StoredCurve | undefined>;
  writeCurve(id: string, curve: StoredCurve): Promise<void>;
  /** Adds lines to a log that survives a crash up to the last whole line. */
  appendLines(id: string, name: string, lines: readonly unknown[]): void;
  readLines<T>(id: string, name: string): Promise<T[]>;
  /** Asks whoever works on it to stop; `isCancelled` is how they learn of it. */
  cancel(id: string): Promise<void>;
  isCancelled(id: string): boolean;
  remove(id: string): Promise<void>;
}
