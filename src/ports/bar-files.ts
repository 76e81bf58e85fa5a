import type { BarReport } from "../backtest/data/check-bars.ts";
import type { CsvOptions } from "../backtest/data/csv-layout.ts";
import type { BarColumns } from "../trading/bar.ts";
import type { BarRows } from "./bar-store.ts";

export interface ReadOptions extends CsvOptions {
  /** Called now and then with the bytes read so far and the size of the file. */
  readonly onProgress?: (bytes: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface ReadSummary {
  readonly format: "csv" | "parquet";
  readonly bytes: number;
  /** What the columns of the file were taken for: `Date -> time`. */
  readonly columns: readonly string[];
  readonly report: BarReport;
}

/** Files of bars in the formats people have: CSV in its many shapes (also gzip) and Parquet. */
export interface BarFiles {
  /** Streams the rows of a file in its own order, unrepaired. Memory does not grow with the file. */
  stream(path: string, options: ReadOptions, sink: (rows: BarRows) => void): Promise<ReadSummary>;
  /** Reads a whole file into columns. Throws `badData` naming line and column unless `accept` is set. */
  read(path: string, options?: ReadOptions & { readonly acceptErrors?: boolean }): Promise<ReadWhole>;
  /** Writes bars as CSV (also .gz) or Parquet, by the ending of the path; all or nothing. */
  write(path: string, columns: BarColumns): Promise<void>;
}

export interface ReadWhole {
  readonly columns: BarColumns;
  readonly hash: string;
  readonly summary: ReadSummary;
}
