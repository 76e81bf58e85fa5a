import type { Dataset, DatasetInfo } from "../backtest/data/dataset.ts";
import type { BarColumns } from "../trading/bar.ts";

/** What the writer of a dataset knows; the store adds hash, range and calendar. */
export type DatasetLabel = Pick<DatasetInfo, "name" | "synthetic" | "source" | "timezone">;

/** Bars kept by name. A dataset is there whole or not at all, also when a writer dies half-way. */
export interface BarStore {
  /** All datasets by name. */
  list(): Promise<DatasetInfo[]>;
  /** What is known of one dataset, or undefined when there is none of this name. */
  find(name: string): Promise<DatasetInfo | undefined>;
  /** Info and columns, or undefined when there is no dataset of this name. */
  read(name: string): Promise<Dataset | undefined>;
  /** Begins a dataset that becomes visible, or replaces the one of the same name, when it is committed. */
  begin(label: DatasetLabel): Promise<BarWriter>;
  /** Forgets a dataset; false when there was none. */
  remove(name: string): Promise<boolean>;
}

/** Rows of equal count from every column; only the first `count` are meant. */
export type BarRows = BarColumns & { readonly count: number };

export interface BarWriter {
  /** Takes rows in ascending order of time. They are read before the call returns. */
  append(rows: BarRows): void;
  commit(): Promise<DatasetInfo>;
  /** Gives up: nothing stays behind. */
  abandon(): Promise<void>;
}
