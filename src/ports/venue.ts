import type { Cancel } from "../core/clock.ts";
import type { Result } from "../core/result.ts";
import type { Happening, VenueReport } from "../live/events.ts";
import type { Fill } from "../trading/fill.ts";
import type { Departure, GateRefusal } from "../trading/gate.ts";
import type { ClientOrderId, OrderTerms } from "../trading/order.ts";
import type { Owner } from "../trading/scope.ts";
import type { VenueOrder, VenueSnapshot } from "../trading/snapshot.ts";
import type { Closable } from "./closable.ts";

/** What tells whose an order is, carried to the venue where it can hold it (KS-02). */
export interface OwnerTags extends Owner {
  readonly worker: string;
  readonly token: number;
}

/** An order on its way out. */
export interface OutgoingOrder {
  readonly id: ClientOrderId;
  readonly terms: OrderTerms;
  readonly departure: Departure;
}

/**
 * Asked at the very moment of writing, once an order: whether it may leave. Synchronous (KS-11). What it lets pass counts
 * as departed (RC-44): asked again, it refuses.
 */
export type LastGate = (departure: Departure) => Result<true, GateRefusal | { readonly code: string }>;

/** Which orders of an account something is about: those whose every named part is equal. */
export type OwnerSelection = Partial<Omit<Owner, "venue">>;

/**
 * One account at a venue. Requests that wait reject with an OutageError when the venue does not answer in their time;
 * that never means that they were not carried out.
 */
export interface Venue extends Closable {
  readonly name: string;
  /** The longest that a message may be under way: two looks this far apart see everything (KS-14). */
  readonly inFlightMs: number;
  /** What the venue does by itself when this side falls silent, for people to read (KS-28). */
  readonly deadMansSwitch: DeadMansSwitchRules;
  /**
   * Passes the last gate and writes, in one turn, now or as soon as it can. Returns the refusal when it was held back:
   * then it has provably not left; held back later, `order-held-back` says so. The answer comes as a report, or as
   * `order-unanswered`.
   */
  submit(order: OutgoingOrder, gate: LastGate): Result<true, { readonly code: string }>;
  /** Asks to withdraw an order. Passes at every level. The answer comes as a report. */
  cancel(id: ClientOrderId): void;
  /** Withdraws every order of the selection; gives the ids that the venue says it withdrew. Proves nothing by itself. */
  cancelAll(selection: OwnerSelection): Promise<readonly string[]>;
  /** The order by its client id, with its fills, or undefined when the venue does not know it. */
  order(id: ClientOrderId): Promise<{ readonly order: VenueOrder; readonly fills: readonly Fill[] } | undefined>;
  /** Open orders, positions and the fills since the cursor, as of one moment. */
  snapshot(fillCursor: string): Promise<VenueSnapshot>;
  /** The venue's wall time, milliseconds since the epoch. */
  time(): Promise<number>;
  /** Arms or pushes out the dead-man's switch over this account's orders of the selection; 0 disarms. */
  deadMan(selection: OwnerSelection, timeoutMs: number): Promise<void>;
  /** Reports, and when the connection comes and goes. */
  onEvent(listener: (event: VenueEvent) => void): Cancel;
}

export type VenueEvent = VenueReport | Extract<Happening, { kind: "venue-connected" | "venue-disconnected" }>;

export interface DeadMansSwitchRules {
  readonly offered: boolean;
  /** `selection`: only the orders it was armed for; `account`: all of the account's. */
  readonly covers: "selection" | "account" | "connection" | "nothing";
  /** Orders that stay live when this host dies, in words: times in force, order types, other connections. */
  readonly exclusions: readonly string[];
}
