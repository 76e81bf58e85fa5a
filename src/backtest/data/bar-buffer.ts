import type { BarColumns } from "../../trading/bar.ts";
import { emptyColumns } from "./repair-bars.ts";
import { sliceByRow } from "./slice-bars.ts";

const FIRST_CAPACITY = 16_384;

/** Collects rows into columns that grow by doubling. */
export class BarBuffer {
  #columns: BarColumns;
  #length = 0;

  /** `expected` rows find room without growing. */
  constructor(expected = FIRST_CAPACITY) {
    this.#columns = emptyColumns(Math.max(FIRST_CAPACITY, Math.ceil(expected)));
  }

  get length(): number {
    return this.#length;
  }

  /** Copies the first `count` rows. */
  append(rows: BarColumns & { readonly count: number }): void {
    const end = this.#length + rows.count;
    if (end > this.#columns.time.length) this.#grow(end);
    for (const name of COLUMN_NAMES) this.#columns[name].set(rows[name].subarray(0, rows.count), this.#length);
    this.#length = end;
  }

  /** The rows so far, as views that stay true until the next append. */
  columns(): BarColumns {
    return sliceByRow(this.#columns, 0, this.#length);
  }

  #grow(least: number): void {
    const old = this.columns();
    this.#columns = emptyColumns(Math.max(least, this.#columns.time.length * 2));
    for (const name of COLUMN_NAMES) this.#columns[name].set(old[name]);
  }
}

/** The columns of bars in their fixed order: of files, hashes and tables. */
export const COLUMN_NAMES = ["time", "open", "high", "low", "close", "volume"] as const;
export type ColumnName = (typeof COLUMN_NAMES)[number];
