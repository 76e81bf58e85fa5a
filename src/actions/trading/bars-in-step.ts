import type { FeedBar } from "../../ports/market-data.ts";
import type { OrderState } from "../../trading/order.ts";

/** Of an order that is on its way to the venue or back. */
const UNDER_WAY: ReadonlySet<OrderState> = new Set(["initialized", "submitted", "pending-cancel"]);

/** Bars whose source is to hear when everything that they set off has reached the venue: a market in lockstep waits. */
export class BarsInStep {
  #open: FeedBar[] = [];

  take(bar: FeedBar): void {
    this.#open.push(bar);
  }

  /** Confirms them when nothing that was decided on them is still to come. */
  confirm(orders: ReadonlyMap<unknown, { readonly state: OrderState }>, isCommitting: boolean): void {
    if (this.#open.length === 0 || isCommitting) return;
    for (const { state } of orders.values()) if (UNDER_WAY.has(state)) return;
    this.confirmAll();
  }

  confirmAll(): void {
    for (const bar of this.#open.splice(0)) bar.done();
  }
}
