import { isMismatch } from "../trading/departure-log.ts";
import type { Fill } from "../trading/fill.ts";
import type { Lots } from "../trading/instrument.ts";
import { type ClientOrderId, type IllegalChange, isTerminal, type Order, type OrderChange } from "../trading/order.ts";
import type { VenueOrder, VenueSnapshot } from "../trading/snapshot.ts";
import type { BookEntry } from "./book.ts";
import type { SessionCore } from "./core.ts";
import type { VenueReport } from "./events.ts";
import type { OrderFlow } from "./order-flow.ts";
import type { Comparison } from "./reconciler.ts";

/** Brings the book in line with what the venue says: by report, by answer and by snapshot. The venue is always right. */
export class VenueTruth {
  readonly #core: SessionCore;
  readonly #flow: OrderFlow;

  constructor(core: SessionCore, flow: OrderFlow) {
    this.#core = core;
    this.#flow = flow;
  }

  report(report: VenueReport): void {
    if (report.kind === "order-filled") {
      this.#fill(report.fill, true);
      return;
    }
    const { book, reconciler } = this.#core;
    const entry = book.find(report.id);
    if (entry === undefined) {
      // An order under our prefix that the book does not hold: the next snapshot shows it whole.
      if (reconciler.isOwn(report.id)) this.#core.urgent = true;
      return;
    }
    switch (report.kind) {
      case "order-accepted":
        this.#accept(entry, () => book.name(entry, report.venueOrderId));
        return;
      case "order-rejected":
        this.#core.desk.flow.happened("reject", this.#core.now.mono);
        this.#settle(entry, { kind: "reject" }, report.reason);
        return;
      case "order-triggered":
        this.#settle(entry, { kind: "trigger" });
        return;
      case "order-canceled":
        this.#core.desk.flow.happened("cancel", this.#core.now.mono);
        this.#end(entry, "cancel", report.filled);
        return;
      case "order-expired":
        this.#end(entry, "expire", report.filled);
        return;
      case "cancel-rejected":
        entry.cancelAskedAt = undefined;
        this.#settle(entry, { kind: "refuse-cancel" });
        // Refused because it has filled, or ended, or is not there yet: the venue says which (KS-15).
        if (book.active.has(report.id)) this.#core.inquiries.open(report.id);
        return;
      case "order-held-back":
        this.#heldBack(entry, report.code);
        return;
      case "order-unanswered":
        if (entry.order.state === "submitted") this.#flow.lose(entry);
        return;
    }
  }

  /** What the egress does not find among what was intended stops everything of ours, and not that order alone (RC-45). */
  #heldBack(entry: BookEntry, code: string): void {
    if (isMismatch(code)) this.#core.stop("DEPARTURE_MISMATCH", `the egress held ${entry.order.id} back: ${code}`);
    // It was to leave a second time: what became of the first is the venue's to say.
    if (code !== "ALREADY_DEPARTED") this.#settle(entry, { kind: "deny" }, code);
    else if (entry.order.state === "submitted") this.#flow.lose(entry);
  }

  /** The connection is gone: what was not answered may or may not have arrived. */
  disconnected(): void {
    for (const entry of this.#core.book.active.values()) {
      if (entry.order.state === "submitted") this.#flow.lose(entry);
    }
  }

  found(order: VenueOrder, fills: readonly Fill[]): void {
    const { book, reconciler, inquiries } = this.#core;
    if (!reconciler.isOwn(order.clientOrderId)) return;
    for (const fill of fills) this.#fill(fill, true);
    const entry = book.find(order.clientOrderId);
    if (entry === undefined) {
      this.#adoptStray(order);
      return;
    }
    inquiries.close(entry.order.id);
    this.#bring(entry, order);
  }

  unknown(id: ClientOrderId, request: number): void {
    const { book, inquiries } = this.#core;
    const entry = book.find(id);
    if (entry === undefined || !inquiries.provesAbsence(entry, request)) return;
    inquiries.close(id);
    if (entry.confirmedAt !== undefined) {
      this.#core.stop("ORDER_VANISHED", `the venue no longer knows ${id}, which it had confirmed`);
      if (entry.order.state !== "unresolved") book.change(entry, { kind: "lose" });
    }
    if (entry.order.state === "unresolved") this.#settle(entry, { kind: "reject" }, "NEVER_ARRIVED");
  }

  /** Books everything that a snapshot shows, and says how it compared, or undefined when it proves nothing. */
  snapshot(request: number, snapshot: VenueSnapshot): Comparison | undefined {
    const { book, reconciler } = this.#core;
    const comparison = reconciler.compare(request, snapshot, book);
    // Fills are facts, however late the answer is.
    for (const fill of reconciler.ownFills(snapshot)) this.#fill(fill, comparison === undefined);
    // Without a lease that holds, what is not in the book may be a successor's: nothing is concluded from it.
    if (comparison === undefined || !this.#core.isHolder) return undefined;
    book.moveCursor(snapshot.fillCursor);
    for (const order of comparison.ownOpen) {
      const entry = book.find(order.clientOrderId);
      if (entry !== undefined && book.active.has(entry.order.id)) this.#bring(entry, order);
    }
    for (const order of comparison.strays) this.#adoptStray(order);
    for (const { order } of comparison.missing) if (book.active.has(order.id)) this.#core.inquiries.open(order.id);
    return comparison;
  }

  #fill(fill: Fill, byReport: boolean): void {
    const { book, reconciler, desk, now, config } = this.#core;
    const known = book.find(fill.order);
    if (!reconciler.isOwn(fill.order) || (known === undefined && !this.#core.isHolder)) return;
    // Its fill may be the first that is heard of it again: what is booked must count for the order too.
    if (known !== undefined && wasGivenUp(known) && !book.hasFill(fill.id)) this.#rise(known);
    const { realised } = book.position(fill.instrument);
    const { isNew, illegal } = book.fill(fill);
    if (!isNew) return;
    const order = book.find(fill.order)?.order;
    // Once for each order, however many fills it takes.
    const stopped = order?.terms.stop !== undefined && order.filled === fill.lots;
    if (stopped && book.position(fill.instrument).realised < realised) desk.stoppedOut(fill.instrument, now);
    if (byReport) reconciler.filledByReport(fill.id);
    desk.flow.happened("fill", now.mono);
    config.trader.onFill(fill);
    if (illegal !== undefined) this.#illegal(illegal);
    const entry = book.active.get(fill.order);
    if (entry?.ending !== undefined) this.#end(entry, entry.ending.kind, entry.ending.filled);
  }

  /** Ends an order once all that had filled of it is booked: a report of the end may overtake those of its fills. */
  #end(entry: BookEntry, kind: "cancel" | "expire", filled: Lots | undefined): void {
    if (isTerminal(entry.order.state) || (filled !== undefined && entry.order.filled >= filled)) {
      entry.ending = undefined;
      this.#settle(entry, { kind });
      return;
    }
    entry.ending = { kind, filled };
    this.#core.inquiries.open(entry.order.id);
  }

  /** The venue's view of one of our orders, as changes of ours. Its fills are booked apart, by their ids. */
  #bring(entry: BookEntry, order: VenueOrder): void {
    if (order.state === "open") {
      this.#accept(entry, () => this.#core.book.name(entry, order.venueOrderId));
      return;
    }
    const changes = { filled: undefined, canceled: "cancel", expired: "expire", rejected: "reject" } as const;
    const kind = changes[order.state];
    if (kind === undefined) return;
    this.#settle(entry, { kind });
    // Asked for the whole order, the venue insists: its word is the state, and the contradiction has stopped us.
    if (!isTerminal(entry.order.state)) this.#core.book.force(entry, order.state);
  }

  #accept(entry: BookEntry, name: () => void): void {
    if (wasGivenUp(entry)) {
      this.#rise(entry);
      return;
    }
    this.#settle(entry, { kind: "accept" });
    name();
  }

  /** It was taken for lost and has arrived after all: it is live, it counts, and it goes. */
  #rise(entry: BookEntry): void {
    if (!this.#core.isHolder) return;
    this.#core.stop("ORDER_ROSE", `the venue holds ${entry.order.id}, which was taken for ${entry.order.state}`);
    this.#flow.cancel(this.#core.book.readopt({ ...entry.order, state: "accepted" }));
  }

  #adoptStray(order: VenueOrder): void {
    const { book, desk } = this.#core;
    if (order.state !== "open" || !this.#core.isHolder) return;
    const adopted: Order = {
      id: order.clientOrderId,
      terms: order.terms,
      owner: desk.ownerOf(order.terms.instrument),
      state: order.filled > 0 ? "partially-filled" : "accepted",
      filled: order.filled,
      venueOrderId: order.venueOrderId,
    };
    this.#core.stop("STRAY_ORDER", `the venue shows ${order.clientOrderId} open, which is not open here`);
    this.#flow.cancel(book.readopt(adopted));
  }

  #settle(entry: BookEntry, change: OrderChange, reason?: string): void {
    const illegal = this.#core.book.change(entry, change, reason);
    if (illegal !== undefined) {
      this.#illegal(illegal);
      return;
    }
    const { state } = entry.order;
    if (state !== "unresolved" && change.kind !== "refuse-cancel") this.#core.inquiries.close(entry.order.id);
  }

  /** A transition that cannot be is a defect or a lie, and either way a reason to stop (OL-01). */
  #illegal({ id, state, change, reason }: IllegalChange): void {
    // A successor may use the id of an intent that this session could not commit: no contradiction of ours.
    if (!this.#core.isHolder) return;
    this.#core.urgent = true;
    if (this.#core.book.active.has(id)) this.#core.inquiries.open(id);
    this.#core.stop("ILLEGAL_TRANSITION", `${change} of ${id} in state ${state}: ${reason}`);
  }
}

const wasGivenUp = ({ order: { state } }: BookEntry): boolean => state === "rejected" || state === "denied";
