import type { Table } from "../backtest/tables.ts";

/** Tables in files for other programs. */
export interface TableFiles {
  /** Writes a table as Parquet, whole or not at all. */
  writeParquet(path: string, table: Table): Promise<void>;
}
