import { type Clock, sleep } from "../../core/clock.ts";
import { messageOf, OutageError } from "../../core/errors.ts";
import type { TradingAccount } from "../../ports/trading-account.ts";
import { quantityOf } from "../../trading/instrument.ts";
import type { Scope } from "../../trading/scope.ts";
import type { VenueSnapshot } from "../../trading/snapshot.ts";
import type { AccountEvidence, PositionEvidence } from "./kill-report.ts";
import { positionsIn, sortOrders } from "./own-orders.ts";

/** Between two looks while orders are still open. */
const LOOK_MS = 50;

/** One account during a kill: looks at the venue, withdraws what is ours and in scope, and keeps the evidence. */
export class AccountUnderKill {
  readonly account: TradingAccount;
  readonly #scope: Scope;
  readonly #clock: Clock;
  #before: VenueSnapshot | undefined;
  #last: VenueSnapshot | undefined;
  #canceled = new Set<string>();
  #filled = new Set<string>();
  #proven = false;
  #error: string | undefined;

  constructor(account: TradingAccount, scope: Scope, clock: Clock) {
    this.account = account;
    this.#scope = scope;
    this.#clock = clock;
  }

  /** The venue as it stands. Remembers the first look and the last one. An outage is kept as evidence. */
  async look(): Promise<VenueSnapshot | undefined> {
    try {
      const snapshot = await this.account.venue.snapshot(this.#last?.fillCursor ?? this.#before?.fillCursor ?? "");
      this.#noteFills(snapshot);
      this.#before ??= snapshot;
      this.#last = snapshot;
      this.#error = undefined;
      return snapshot;
    } catch (error) {
      if (!(error instanceof OutageError)) throw error;
      this.#error = messageOf(error);
      return undefined;
    }
  }

  /**
   * Cancels until two looks in a row, further apart than anything can be under way, show no own order in scope
   * (KS-13, KS-14). An order that turns up late begins it anew. Gives up at the deadline, never by a count of tries.
   */
  async withdraw(deadline: number, signal?: AbortSignal): Promise<void> {
    const { venue } = this.account;
    let cleanSince: number | undefined;
    this.#proven = false;
    for (;;) {
      const lookedAt = this.#clock.monotonic();
      const snapshot = await this.look();
      const open = snapshot === undefined ? undefined : sortOrders(this.account, this.#scope, snapshot).inScope;
      if (open === undefined || open.length > 0) cleanSince = undefined;
      else cleanSince ??= lookedAt;
      if (cleanSince !== undefined && lookedAt >= cleanSince + venue.inFlightMs) {
        this.#proven = true;
        return;
      }
      for (const order of open ?? []) {
        this.#canceled.add(order.clientOrderId);
        venue.cancel(order.clientOrderId);
      }
      const left = deadline - this.#clock.monotonic();
      if (left <= 0 || signal?.aborted) return;
      const pause = cleanSince === undefined ? LOOK_MS : cleanSince + venue.inFlightMs - this.#clock.monotonic();
      await sleep(this.#clock, Math.min(left, Math.max(1, pause)), signal);
    }
  }

  get evidence(): AccountEvidence {
    const { account, venue } = this.account;
    const before = this.#before && sortOrders(this.account, this.#scope, this.#before);
    const after = this.#last && sortOrders(this.account, this.#scope, this.#last);
    const open = new Set(after?.inScope.map((order) => order.clientOrderId));
    return {
      venue: venue.name,
      account,
      ordersBefore: before?.inScope.map((order) => order.clientOrderId) ?? [],
      canceled: [...this.#canceled].filter((id) => !open.has(id as never) && !this.#filled.has(id)),
      filledWhileCancelling: [...this.#canceled].filter((id) => this.#filled.has(id)),
      ordersAfter: [...open],
      foreign: after?.foreign.map((order) => order.clientOrderId) ?? [],
      positionsBefore: this.#positions(this.#before),
      positionsAfter: this.#positions(this.#last),
      snapshotAt: this.#last && isoOf(this.#last.takenAt),
      proven: this.#proven,
      ...(this.#error !== undefined && { error: this.#error }),
    };
  }

  /** An order that fills while it is being cancelled is a fill, not an error (KS-15). */
  #noteFills(snapshot: VenueSnapshot): void {
    if (this.#before === undefined) return;
    for (const fill of snapshot.fills) this.#filled.add(fill.order);
  }

  #positions(snapshot: VenueSnapshot | undefined): PositionEvidence[] {
    if (snapshot === undefined) return [];
    return positionsIn(this.account, this.#scope, snapshot).map(({ instrument, lots }) => ({
      instrument: instrument.id,
      quantity: quantityOf(instrument, lots),
    }));
  }
}

/** Milliseconds since the epoch as text, without asking any clock. */
const isoOf = (time: number) => new Date(time).toISOString();
