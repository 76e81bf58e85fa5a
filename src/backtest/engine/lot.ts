import type { Waiting } from "./waiting.ts";

/** An open trade. The object is used again once the trade is closed: see `serial`. */
export class Lot {
  /** Names the trade for as long as it is open; 0 when the object is free. */
  serial = 0;
  /** +1 long, -1 short. */
  sign = 1;
  /** Size in whole lots, positive. */
  lots = 0;
  entryPrice = Number.NaN;
  entryBar = 0;
  entryTime = Number.NaN;
  /** Entry commission of what is still open, in cash. */
  entryFee = Number.NaN;
  /** Borrow fees and funding paid for what is still open, in cash. */
  financing = Number.NaN;
  /** Last stop-loss and take-profit price, NaN without. */
  sl = Number.NaN;
  tp = Number.NaN;
  slOrder: Waiting | undefined = undefined;
  tpOrder: Waiting | undefined = undefined;
  /** Distance of a stop-loss that follows, in price or as a fraction; NaN without. */
  trail = Number.NaN;
  trailFraction = Number.NaN;
  /** Best price since entry, for the stop-loss that follows. */
  best = Number.NaN;
  tag: string | undefined = undefined;
  /** Whether the log needs more of it than its plain numbers. */
  detailed = false;
  /** Whether its bracket lives in the bar that opened it. */
  fresh = false;

  /** Neighbours among the open trades; `next` leads through the free objects when it is not open. */
  previous: Lot | undefined = undefined;
  next: Lot | undefined = undefined;

  /** Whether its stop-loss follows the price. */
  get follows(): boolean {
    return this.trail > 0 || this.trailFraction > 0;
  }

  /** The stop-loss stays where it is, or stays away. */
  stopFollowing(): void {
    this.trail = Number.NaN;
    this.trailFraction = Number.NaN;
  }

  reset(serial: number, sign: number, lots: number, price: number): void {
    this.serial = serial;
    this.sign = sign;
    this.lots = lots;
    this.entryPrice = price;
    this.financing = 0;
    this.sl = Number.NaN;
    this.tp = Number.NaN;
    this.fresh = false;
    this.detailed = false;
  }
}
