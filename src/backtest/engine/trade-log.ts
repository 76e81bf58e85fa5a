import type { ExitReason } from "../result.ts";

/** What a row of `rows` holds, and where. */
export const ENTRY_BAR = 0;
export const EXIT_BAR = 1;
export const ENTRY_PRICE = 2;
export const EXIT_PRICE = 3;
/** Units, signed. */
export const SIZE = 4;
export const PNL = 5;
export const COMMISSION = 6;
/** Market and reason: `market * REASONS + reason`. */
export const ORIGIN = 7;
export const STRIDE = 8;

/** What a row of `details` holds, and where. NaN stands for none. */
export const SL = 0;
export const TP = 1;
export const FINANCING = 2;
/** Times within a bar, where finer bars gave them. */
export const ENTRY_TIME = 3;
export const EXIT_TIME = 4;
export const DETAIL_STRIDE = 5;

export const EXIT_REASONS: readonly ExitReason[] = ["order", "close", "stop-loss", "take-profit", "liquidation", "end"];
export const REASONS = 8;

const FIRST_CAPACITY = 1024;

/** Closed trades as numbers, row after row in the order of closing: no object is made for a trade. */
export class TradeLog {
  length = 0;
  rows = new Float64Array(FIRST_CAPACITY * STRIDE);
  /** What only some runs need; empty until a trade has any of it. */
  details = new Float64Array(0);
  /** Tags by row, for the trades that have one. */
  readonly tags = new Map<number, string>();

  /** Where the next row begins in `rows`. */
  nextRow(): number {
    const at = this.length * STRIDE;
    if (at === this.rows.length) this.rows = grown(this.rows, 2 * this.rows.length);
    this.length += 1;
    return at;
  }

  /** Where the details of the newest row begin in `details`. */
  detailsOfNewest(): number {
    const at = (this.length - 1) * DETAIL_STRIDE;
    const needed = (this.rows.length / STRIDE) * DETAIL_STRIDE;
    const { length } = this.details;
    if (at >= length) this.details = grown(this.details, needed).fill(Number.NaN, length);
    return at;
  }

  /** One field of one trade. */
  get(trade: number, field: number): number {
    return this.rows[trade * STRIDE + field]!;
  }

  /** One detail of one trade, NaN for none. */
  getDetail(trade: number, field: number): number {
    return this.details[trade * DETAIL_STRIDE + field] ?? Number.NaN;
  }
}

/** The numbers in a longer array. */
function grown(numbers: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(length);
  longer.set(numbers);
  return longer;
}
