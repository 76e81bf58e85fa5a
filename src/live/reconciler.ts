import { ownerPrefix } from "../trading/client-order-id.ts";
import type { Fill, FillId } from "../trading/fill.ts";
import type { InstrumentId } from "../trading/instrument.ts";
import { isTerminal, isWorking } from "../trading/order.ts";
import type { AccountView } from "../trading/risk/account-view.ts";
import type { VenueOrder, VenueSnapshot } from "../trading/snapshot.ts";
import type { Book, BookEntry } from "./book.ts";
import type { SessionConfig, SessionTiming } from "./session-config.ts";

/** What a snapshot shows against the book. */
export interface Comparison {
  readonly requestedAt: number;
  readonly snapshot: VenueSnapshot;
  /** Fills of ours that are not booked yet. */
  readonly missedFills: readonly Fill[];
  /** Our orders that the venue shows open. */
  readonly ownOpen: readonly VenueOrder[];
  /** Open at the venue under our prefix, but ended or never known here. */
  readonly strays: readonly VenueOrder[];
  /** Working here, but not open at the venue: filled, cancelled or gone. */
  readonly missing: readonly BookEntry[];
  readonly foreign: readonly VenueOrder[];
}

/** Looks in a row that must show a difference before it is one: of a position of our own, and of one that we share. */
const OWN_LOOKS = 2;
const SHARED_LOOKS = 10;

/** Takes snapshots of the account at the right times and compares them with the book (OL-05, OL-06). */
export class Reconciler {
  readonly #config: SessionConfig;
  readonly #timing: SessionTiming;
  readonly #prefix: string;
  #request = 0;
  #pending: { readonly request: number; readonly at: number } | undefined;
  #lastAskedAt = Number.NEGATIVE_INFINITY;
  /** Fills that came by report since the pending request. */
  #fillsSince = new Set<FillId>();
  #driftSnapshots = 0;
  driftLots: number | undefined;
  /** Monotonic time of the last snapshot whose positions could be compared. */
  comparedAt: number | undefined;
  certifiedAt: number | undefined;

  constructor(config: SessionConfig, timing: SessionTiming) {
    this.#config = config;
    this.#timing = timing;
    this.#prefix = ownerPrefix(config.partition, config.strategy);
  }

  /** Drift that two snapshots in a row have shown; 0 while there is none, undefined before the first comparison. */
  get persistentDriftLots(): number | undefined {
    return this.driftLots === undefined || this.#driftSnapshots >= OWN_LOOKS ? this.driftLots : 0;
  }

  /** Whether an order at the venue was made by this partition. */
  isOwn(id: string): boolean {
    return id.startsWith(this.#prefix);
  }

  /** When the next snapshot is to be asked for. */
  wakeAt(urgent: boolean): number {
    if (this.#pending !== undefined) return this.#pending.at + this.#timing.answerMs;
    return this.#lastAskedAt + (urgent ? this.#timing.proofMs : this.#timing.reconcileMs);
  }

  /** The number of a new request when one is due. A request that was not answered in time is given up. */
  due(now: number, urgent: boolean): number | undefined {
    if (now < this.wakeAt(urgent)) return undefined;
    this.#request += 1;
    this.#pending = { request: this.#request, at: now };
    this.#lastAskedAt = now;
    this.#fillsSince = new Set();
    return this.#request;
  }

  filledByReport(id: FillId): void {
    if (this.#pending !== undefined) this.#fillsSince.add(id);
  }

  /** Compares a snapshot with the book, or undefined when it answers a request that was given up: it proves nothing. */
  compare(request: number, snapshot: VenueSnapshot, book: Book): Comparison | undefined {
    const pending = this.#pending;
    if (pending === undefined || pending.request !== request) return undefined;
    this.#pending = undefined;
    const ownOpen = snapshot.openOrders.filter((order) => this.isOwn(order.clientOrderId));
    const openIds = new Set(ownOpen.map((order) => order.clientOrderId));
    return {
      requestedAt: pending.at,
      snapshot,
      missedFills: this.ownFills(snapshot).filter((fill) => !book.hasFill(fill.id)),
      ownOpen,
      strays: ownOpen.filter((order) => isStray(book.find(order.clientOrderId), pending.at)),
      missing: [...book.active.values()].filter(
        (entry) => isMissing(entry, pending.at) && !openIds.has(entry.order.id),
      ),
      foreign: snapshot.openOrders.filter((order) => !this.isOwn(order.clientOrderId)),
    };
  }

  ownFills(snapshot: VenueSnapshot): readonly Fill[] {
    return snapshot.fills.filter((fill) => this.isOwn(fill.order));
  }

  /**
   * Compares positions once the snapshot's fills are booked. Inconclusive while fills came by report that the snapshot
   * does not hold yet. Drift counts from the second snapshot in a row that shows it.
   */
  comparePositions(
    snapshot: VenueSnapshot,
    book: Book,
    account: AccountView | undefined,
  ): "equal" | "drift" | "inconclusive" {
    const shown = new Set(snapshot.fills.map((fill) => fill.id));
    if ([...this.#fillsSince].some((id) => !shown.has(id))) return "inconclusive";
    let furthest = 0;
    for (const { id } of this.#config.instruments)
      furthest = Math.max(furthest, Math.abs(driftOf(id, snapshot, book, account)));
    this.comparedAt = this.#lastAskedAt;
    this.#driftSnapshots = furthest === 0 ? 0 : this.#driftSnapshots + 1;
    const enough = this.#config.instruments.some(({ id }) => account?.others.get(id)?.shared === true)
      ? SHARED_LOOKS
      : OWN_LOOKS;
    const persists = this.#driftSnapshots >= enough;
    // Of a shared position a difference that comes and goes is another partition's trading, on its way to the record.
    if (enough === OWN_LOOKS || furthest === 0 || persists) this.driftLots = furthest;
    if (furthest === 0) return "equal";
    return persists ? "drift" : "inconclusive";
  }
}

function driftOf(id: InstrumentId, snapshot: VenueSnapshot, book: Book, account: AccountView | undefined): number {
  const others = account?.others.get(id)?.position ?? 0;
  return (snapshot.positions.get(id) ?? 0) - book.position(id).lots - others;
}

/** It had ended here before the snapshot was even asked for, or it was never here. */
function isStray(entry: BookEntry | undefined, requestedAt: number): boolean {
  if (entry === undefined) return true;
  return isTerminal(entry.order.state) && entry.endedAt !== undefined && entry.endedAt < requestedAt;
}

function isMissing(entry: BookEntry, requestedAt: number): boolean {
  const confirmed = entry.confirmedAt ?? entry.leftBy;
  return isWorking(entry.order.state) && confirmed !== undefined && confirmed < requestedAt;
}
