import type { ClientOrderId } from "../trading/order.ts";
import type { VenueOrder } from "../trading/snapshot.ts";
import { type Book, type BookEntry, liveEntries } from "./book.ts";
import type { ActionEvidence } from "./commands.ts";
import type { OperatorRequest } from "./events.ts";
import type { Comparison } from "./reconciler.ts";
import type { SessionTiming } from "./session-config.ts";

/**
 * Proves that no order in scope is left (KS-13, KS-14): everything under way has resolved, everything live was asked to
 * be cancelled, and two snapshots in a row, far enough apart that nothing can have been under way between, show none.
 * An order that turns up late starts the proof again.
 */
export class Withdrawal {
  readonly request: OperatorRequest;
  readonly #timing: SessionTiming;
  readonly #inScope: (entry: BookEntry) => boolean;
  readonly #before: readonly ClientOrderId[];
  readonly #positionsBefore: ActionEvidence["positionsBefore"];
  readonly #filledBefore: ReadonlyMap<ClientOrderId, number>;
  /** The last moment at which anything in scope was known to be under way. */
  #busyAt: number;
  #cleanSince: number | undefined;
  #foreign: readonly VenueOrder[] = [];
  #snapshotAt: number | undefined;
  proven = false;

  constructor(request: OperatorRequest, book: Book, inScope: (entry: BookEntry) => boolean, timing: SessionTiming) {
    this.request = request;
    this.#busyAt = book.now;
    this.#timing = timing;
    this.#inScope = inScope;
    const entries = [...book.active.values()].filter(inScope);
    this.#before = entries.map((entry) => entry.order.id);
    this.#filledBefore = new Map(entries.map((entry) => [entry.order.id, entry.order.filled]));
    this.#positionsBefore = positionsOf(book);
  }

  /** Orders to be cancelled: everything in scope that may be live, also where it is not known whether it arrived. */
  remaining(book: Book): BookEntry[] {
    return liveEntries(book).filter(this.#inScope);
  }

  isPending(book: Book): boolean {
    return [...book.active.values()].some(this.#inScope);
  }

  /** Something in scope turned up or is on its way: what was proven so far is void. */
  reopen(book: Book): void {
    this.#busyAt = book.now;
    this.#cleanSince = undefined;
    this.proven = false;
  }

  /**
   * Looks at a snapshot: the second clean one in a row, far enough from the first, is the proof. One that was asked for
   * while something was under way is no first one: what left after the question may arrive after the second.
   */
  observe(comparison: Comparison, book: Book): void {
    this.#snapshotAt = comparison.snapshot.takenAt;
    this.#foreign = comparison.foreign;
    const shown = comparison.ownOpen.some(({ clientOrderId }) => {
      const entry = book.find(clientOrderId);
      return entry === undefined || this.#inScope(entry);
    });
    if (shown || this.isPending(book)) {
      this.reopen(book);
      return;
    }
    if (comparison.requestedAt < this.#busyAt) return;
    this.#cleanSince ??= comparison.requestedAt;
    if (comparison.requestedAt >= this.#cleanSince + this.#timing.inFlightMs) this.proven = true;
  }

  evidence(book: Book, phase: ActionEvidence["phase"], reason?: string): ActionEvidence {
    const ended = this.#before.flatMap((id) => book.find(id) ?? []);
    return {
      request: this.request.id,
      action: this.request.action,
      phase,
      ordersBefore: this.#before,
      canceled: ended.filter((entry) => entry.order.state === "canceled").map((entry) => entry.order.id),
      filledWhileCancelling: ended
        .filter(({ order }) => order.filled > (this.#filledBefore.get(order.id) ?? 0))
        .map((entry) => entry.order.id),
      unresolved: this.remaining(book)
        .filter((entry) => entry.order.state === "unresolved")
        .map((entry) => entry.order.id),
      remaining: this.remaining(book).map((entry) => entry.order.id),
      foreign: this.#foreign,
      positionsBefore: this.#positionsBefore,
      positionsAfter: positionsOf(book),
      ...(this.#snapshotAt === undefined ? {} : { snapshotAt: this.#snapshotAt }),
      ...(reason === undefined ? {} : { reason }),
    };
  }
}

function positionsOf(book: Book): ActionEvidence["positionsBefore"] {
  return book.positions.filter((position) => position.lots !== 0).map(({ instrument, lots }) => ({ instrument, lots }));
}
