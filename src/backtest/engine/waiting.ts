import type { Lot } from "./lot.ts";

export const ENTRY = 0;
export const CLOSE = 1;
export const STOP_LOSS = 2;
export const TAKE_PROFIT = 3;
export type Role = typeof ENTRY | typeof CLOSE | typeof STOP_LOSS | typeof TAKE_PROFIT;

export const BY_LOTS = 0;
export const BY_FRACTION = 1;
export const BY_NOTIONAL = 2;
export const BY_RISK = 3;
export type SizeForm = typeof BY_LOTS | typeof BY_FRACTION | typeof BY_NOTIONAL | typeof BY_RISK;

/** An order in a market's queue. The object is used again once the order is done: see `id`. */
export class Waiting {
  /** Names the order for as long as it waits; 0 when the object is free. */
  id = 0;
  role: Role = ENTRY;
  buy = true;
  /** What `size` counts: whole lots, a fraction of free equity, cash, or a fraction of equity at risk. */
  form: SizeForm = BY_LOTS;
  size = Number.NaN;
  /** NaN without. A stop that was hit is forgotten. */
  limit = Number.NaN;
  stop = Number.NaN;
  sl = Number.NaN;
  tp = Number.NaN;
  trail = Number.NaN;
  trailFraction = Number.NaN;
  /** The trade it closes; undefined for entries. */
  lot: Lot | undefined = undefined;
  madeBar = 0;
  /** First bar that may fill it. */
  activeBar = 0;
  /** First bar that can no longer fill it: a cancel is on its way. */
  endBar = Infinity;
  /** Last moment at which it may fill, milliseconds since the epoch. */
  until = Infinity;
  /** Fills at once or is cancelled; `whole` then refuses a part. */
  immediate = false;
  whole = false;
  reduceOnly = false;
  /** A size in lots, neither of a group nor bound to reduce. */
  plain = false;
  oco: string | undefined = undefined;
  tag: string | undefined = undefined;

  /** Neighbours in the queue. */
  previous: Waiting | undefined = undefined;
  next: Waiting | undefined = undefined;
  /** The next object that is free, or done. */
  nextFree: Waiting | undefined = undefined;

  /** Lets go of what it points to, for its next use. Whoever uses it sets the rest. */
  release(): void {
    this.lot = undefined;
    this.oco = undefined;
    this.tag = undefined;
    this.previous = undefined;
    this.next = undefined;
  }
}
