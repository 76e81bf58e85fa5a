import type { ExitReason } from "../result.ts";

export const EXIT_REASONS: readonly ExitReason[] = ["order", "close", "stop-loss", "take-profit", "liquidation", "end"];

const FIRST_CAPACITY = 64;

/** Closed trades as columns that grow. In the order of closing. */
export class TradeLog {
  length = 0;
  market = new Uint8Array(FIRST_CAPACITY);
  reason = new Uint8Array(FIRST_CAPACITY);
  entryBar = new Int32Array(FIRST_CAPACITY);
  exitBar = new Int32Array(FIRST_CAPACITY);
  entryTime = new Float64Array(FIRST_CAPACITY);
  exitTime = new Float64Array(FIRST_CAPACITY);
  entryPrice = new Float64Array(FIRST_CAPACITY);
  exitPrice = new Float64Array(FIRST_CAPACITY);
  /** Cash per unit and point of price. */
  multiplier = new Float64Array(FIRST_CAPACITY);
  /** Units, signed. */
  size = new Float64Array(FIRST_CAPACITY);
  pnl = new Float64Array(FIRST_CAPACITY);
  commission = new Float64Array(FIRST_CAPACITY);
  financing = new Float64Array(FIRST_CAPACITY);
  sl = new Float64Array(FIRST_CAPACITY);
  tp = new Float64Array(FIRST_CAPACITY);
  readonly tag: (string | undefined)[] = [];

  /** The row to write next; the columns are long enough for it. */
  nextRow(): number {
    if (this.length === this.pnl.length) this.#grow();
    return this.length++;
  }

  #grow(): void {
    this.market = doubled(this.market, new Uint8Array(2 * this.length));
    this.reason = doubled(this.reason, new Uint8Array(2 * this.length));
    this.entryBar = doubled(this.entryBar, new Int32Array(2 * this.length));
    this.exitBar = doubled(this.exitBar, new Int32Array(2 * this.length));
    this.entryTime = doubledFloats(this.entryTime);
    this.exitTime = doubledFloats(this.exitTime);
    this.entryPrice = doubledFloats(this.entryPrice);
    this.exitPrice = doubledFloats(this.exitPrice);
    this.multiplier = doubledFloats(this.multiplier);
    this.size = doubledFloats(this.size);
    this.pnl = doubledFloats(this.pnl);
    this.commission = doubledFloats(this.commission);
    this.financing = doubledFloats(this.financing);
    this.sl = doubledFloats(this.sl);
    this.tp = doubledFloats(this.tp);
  }
}

function doubledFloats(column: Float64Array): Float64Array<ArrayBuffer> {
  return doubled(column, new Float64Array(2 * column.length));
}

function doubled<T extends { set(from: ArrayLike<number>): void }>(from: ArrayLike<number>, to: T): T {
  to.set(from);
  return to;
}
