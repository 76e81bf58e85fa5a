import { createHash } from "node:crypto";
import { COLUMN_NAMES } from "../../backtest/data/bar-buffer.ts";
import type { BarColumns } from "../../trading/bar.ts";

/** SHA-256 over bars as they stream by; equal rows give equal hashes, however they were cut into batches. */
export class BarHash {
  readonly #hashes = COLUMN_NAMES.map(() => createHash("sha256"));

  update(rows: BarColumns & { readonly count: number }): void {
    for (const [i, name] of COLUMN_NAMES.entries()) {
      const column = rows[name];
      this.#hashes[i]!.update(new Uint8Array(column.buffer, column.byteOffset, rows.count * 8));
    }
  }

  /** Hexadecimal: the hash of the columns' own hashes. */
  digest(): string {
    const all = createHash("sha256");
    for (const hash of this.#hashes) all.update(hash.digest());
    return all.digest("hex");
  }
}

export function hashOfBars(columns: BarColumns): string {
  const hash = new BarHash();
  hash.update({ ...columns, count: columns.time.length });
  return hash.digest();
}
