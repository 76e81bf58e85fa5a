import type { Dataset } from "../backtest/data/dataset.ts";
import type { BarColumns } from "../trading/bar.ts";

/** Bars by the hash of their columns, shared by every host: what jobs run on. */
export interface BarVault {
  has(hash: string): Promise<boolean>;
  /** Undefined when there are none of this hash. The columns lie in shared memory: threads read them without a copy. */
  get(hash: string): Promise<Dataset | undefined>;
  /**
   * Keeps the bars under their hash; harmless when they are there already. Throws OperatorError BARS_HASH when they do
   * not have the hash they are said to have.
   */
  put(hash: string, bars: VaultBars): Promise<void>;
  /** Forgets bars that no job used since (ms since the epoch). Returns how many. */
  purge(unusedSince: number): Promise<number>;
}

export interface VaultBars {
  readonly columns: BarColumns;
  readonly name: string;
}
