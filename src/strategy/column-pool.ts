/** Memory that free columns may hold, in bytes. */
const DEFAULT_POOL_BYTES = 128 * 1024 * 1024;

/**
 * Columns that are free to be used again. Fresh memory costs the kernel more than an average over it costs us, so runs
 * that follow each other in one process hand their working columns on.
 */
export class ColumnPool {
  readonly #limitBytes: number;
  #free: Float64Array[] = [];
  #bytes = 0;

  constructor(limitBytes = DEFAULT_POOL_BYTES) {
    this.#limitBytes = limitBytes;
  }

  /** A column of that length, holding whatever it held before. */
  take(length: number): Float64Array {
    const at = this.#free.findIndex((column) => column.length === length);
    if (at < 0) return new Float64Array(length);
    const [column] = this.#free.splice(at, 1);
    this.#bytes -= column!.byteLength;
    return column!;
  }

  /** Takes columns back that nobody reads any more; the oldest go when there are too many. */
  give(columns: Iterable<Float64Array>): void {
    for (const column of columns) {
      this.#free.push(column);
      this.#bytes += column.byteLength;
    }
    while (this.#bytes > this.#limitBytes) this.#bytes -= this.#free.shift()!.byteLength;
  }
}
