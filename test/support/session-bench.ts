import type { Command } from "../../src/live/commands.ts";
import type { Happening } from "../../src/live/events.ts";
import { createSession, type Session } from "../../src/live/session.ts";
import type { SessionConfig } from "../../src/live/session-config.ts";
import type { StoredPartition } from "../../src/live/stored.ts";
import type { BookView, Trader, Wish } from "../../src/live/trader.ts";
import type { Fill, FillId } from "../../src/trading/fill.ts";
import { lots, micros, ticks } from "../../src/trading/instrument.ts";
import { type KillState, kill } from "../../src/trading/kill-state.ts";
import { LEASE_LIFE_MS } from "../../src/trading/lease.ts";
import type { Level } from "../../src/trading/level.ts";
import type { ClientOrderId, OrderTerms, VenueOrderId } from "../../src/trading/order.ts";
import { issuePermit } from "../../src/trading/permit.ts";
import { soleOwner } from "../../src/trading/risk/account-view.ts";
import { DEFAULT_LIMITS } from "../../src/trading/risk/default-limits.ts";
import type { Scope } from "../../src/trading/scope.ts";
import type { VenueOrder, VenueSnapshot } from "../../src/trading/snapshot.ts";
import { BTC, OWNER, PARTITION, riskContext, terms } from "./risk-context.ts";

export const EMPTY: StoredPartition = {
  nextSequence: 1,
  orders: [],
  endedOrders: [],
  positions: [],
  appliedFills: [],
  fillCursor: "",
  doneRequests: [],
  armedEpoch: 0,
  runsSinceHuman: 0,
  equity: undefined,
};

const RUNNING: KillState = { epoch: 1, levels: new Map([["global", { level: "RUN", since: 1 }]]) };

type Kind = Command["kind"];
type Of<K extends Kind> = Extract<Command, { kind: K }>;

/** Wants what the test tells it to. */
class ScriptedTrader implements Trader {
  warm = true;
  next: Wish[] = [];
  failure: Error | undefined;
  restore(): void {}
  onFill(): void {}
  onBar(_id: unknown, _bar: unknown, book: BookView): readonly Wish[] {
    if (this.failure !== undefined) throw this.failure;
    void book;
    return this.next.splice(0);
  }
  onBookChange(): readonly Wish[] {
    return [];
  }
}

/** A session with its surroundings in the hand of the test: it says what happens, moves the clock and sees the commands. */
export class SessionBench {
  readonly trader = new ScriptedTrader();
  readonly session: Session;
  /** Every command so far. */
  readonly commands: Command[] = [];
  state = RUNNING;
  mono = 100_000;
  /** What the venue shows when it is asked. */
  venue: { openOrders: VenueOrder[]; fills: Fill[]; position: number } = { openOrders: [], fills: [], position: 0 };
  #seen = 0;
  #fills = 0;

  constructor(change: Partial<SessionConfig> = {}) {
    this.session = createSession({
      partition: PARTITION,
      venue: OWNER.venue,
      account: OWNER.account,
      strategy: OWNER.strategy,
      instruments: [BTC],
      trader: this.trader,
      buildHash: "b1",
      approvedBuildHash: "b1",
      capabilities: {
        types: ["market", "limit", "stop", "stop-limit"],
        times: ["gtc", "gtd", "ioc"],
        holdsReduceOnly: true,
        groups: false,
        plainMarketOrders: false,
        deadMan: true,
      },
      accountCurrency: "USD",
      ...change,
    });
  }

  happen(happening: Happening): void {
    this.commands.push(
      ...this.session.step({ ...happening, at: { mono: this.mono, wall: 1_700_000_000_000 + this.mono } }),
    );
  }

  /** New commands of one kind since they were last taken. */
  take<K extends Kind>(kind: K): Of<K>[] {
    const fresh = this.commands.slice(this.#seen).filter((command): command is Of<K> => command.kind === kind);
    for (const command of fresh) this.commands.splice(this.commands.indexOf(command, this.#seen), 1);
    return fresh;
  }

  /** Time passes; the session wakes when it asked to, and leases and permits are renewed unless they are withheld. */
  pass(ms: number, renew: { permit?: boolean; lease?: boolean; venue?: boolean } = {}): void {
    const until = this.mono + ms;
    while (this.mono < until) {
      const wake = this.session.wakeAt ?? until;
      this.mono = Math.min(until, Math.max(this.mono + 1, Math.min(wake, this.mono + 400)));
      if (renew.permit !== false) this.permit();
      if (renew.lease !== false) this.lease();
      this.happen({ kind: "timer" });
      if (renew.venue !== false) this.answer();
    }
  }

  permit(): void {
    const reading = { store: "postgres", role: "authority", status: "read", state: this.state } as const;
    this.happen({ kind: "permit-read", permit: issuePermit([reading], this.mono)! });
  }

  lease(token = 1): void {
    this.happen({ kind: "lease-held", lease: { partition: PARTITION, token, expires: this.mono + LEASE_LIFE_MS } });
  }

  kill(level: Level, scope: Scope = "global"): void {
    this.state = kill(this.state, scope, level).state;
    this.permit();
  }

  /** Everything that a session is told before it may trade, except the venue. */
  prepare(stored: StoredPartition = EMPTY): void {
    this.happen({ kind: "limits-read", limits: DEFAULT_LIMITS });
    this.happen({ kind: "permissions-read", permissions: riskContext().permissions! });
    this.happen({ kind: "account-read", view: soleOwner(micros(1_000_000e6), 0) });
    this.happen({ kind: "market-status", instrument: BTC.id, status: riskContext().market! });
    this.lease();
    this.permit();
    if (this.take("load-partition").length > 0) this.happen({ kind: "partition-loaded", stored });
    this.happen({ kind: "venue-connected" });
  }

  /** Ready to trade: prepared, reconciled, a price seen. */
  begin(stored: StoredPartition = EMPTY): this {
    this.prepare(stored);
    this.answer();
    this.bar();
    this.commands.length = 0;
    return this;
  }

  /** A bar closes at this price; the trader wants these. */
  bar(close = 100, ...wishes: Wish[]): void {
    this.trader.next.push(...wishes);
    this.happen({ kind: "price-seen", instrument: BTC.id, price: ticks(Math.round(close * 100)), source: "venue" });
    const bar = { time: this.mono, open: close, high: close + 1, low: close - 1, close, volume: 1 };
    this.happen({ kind: "bar-closed", instrument: BTC.id, bar });
  }

  /** The trader wants an order; its id once it was decided. */
  want(change: Partial<OrderTerms> = {}): void {
    this.bar(100, { kind: "place", terms: terms(change) });
  }

  /** The store answers every commit that was asked for. */
  committed(): void {
    for (const { turn } of this.take("commit-intents")) this.happen({ kind: "intents-committed", turn, refused: [] });
  }

  /** An order all the way to the venue; its id. */
  send(change: Partial<OrderTerms> = {}): ClientOrderId {
    this.want(change);
    this.committed();
    const [submit] = this.take("submit");
    if (submit === undefined) throw new Error(`nothing was sent: ${JSON.stringify(this.session.view.denials)}`);
    return submit.id;
  }

  /** And the venue takes it. */
  work(change: Partial<OrderTerms> = {}): ClientOrderId {
    const id = this.send(change);
    this.accepted(id, change);
    return id;
  }

  accepted(id: ClientOrderId, change: Partial<OrderTerms> = {}): void {
    this.venue.openOrders.push(this.venueOrder(id, change));
    this.happen({ kind: "order-accepted", id, venueOrderId: `v-${id}` as VenueOrderId });
  }

  venueOrder(id: ClientOrderId, change: Partial<OrderTerms> = {}, state: VenueOrder["state"] = "open"): VenueOrder {
    return { clientOrderId: id, venueOrderId: `v-${id}` as VenueOrderId, terms: terms(change), filled: lots(0), state };
  }

  /** The venue fills some of an order, and says so unless it is told to keep silent. */
  filled(id: ClientOrderId, quantity: number, side: "buy" | "sell" = "buy", tell = true): Fill {
    this.#fills += 1;
    const base = {
      id: `f${this.#fills}` as FillId,
      order: id,
      instrument: BTC.id,
      side,
      lots: lots(quantity),
    } as const;
    const fill: Fill = { ...base, price: ticks(10_000), commission: micros(0), time: this.mono };
    this.venue.fills.push(fill);
    this.venue.position += side === "buy" ? quantity : -quantity;
    const open = this.venue.openOrders.find((order) => order.clientOrderId === id);
    if (open !== undefined) {
      const filled = lots(open.filled + quantity);
      this.venue.openOrders = this.venue.openOrders.filter((order) => order !== open);
      if (filled < open.terms.quantity) this.venue.openOrders.push({ ...open, filled });
    }
    if (tell) this.happen({ kind: "order-filled", fill });
    return fill;
  }

  canceled(id: ClientOrderId): void {
    const open = this.venue.openOrders.find((order) => order.clientOrderId === id);
    this.venue.openOrders = this.venue.openOrders.filter((order) => order !== open);
    this.happen({ kind: "order-canceled", id, filled: open?.filled ?? lots(0) });
  }

  snapshot(fillCursor = ""): VenueSnapshot {
    return {
      takenAt: 1_700_000_000_000 + this.mono,
      openOrders: this.venue.openOrders,
      positions: new Map([[BTC.id, lots(this.venue.position)]]),
      fills: this.venue.fills.slice(Number(fillCursor)),
      fillCursor: String(this.venue.fills.length),
    };
  }

  /** The venue answers every snapshot that was asked for. */
  answer(): void {
    for (const { request, fillCursor } of this.take("request-snapshot")) {
      this.happen({ kind: "venue-time", wall: 1_700_000_000_000 + this.mono });
      this.happen({ kind: "snapshot-taken", request, snapshot: this.snapshot(fillCursor) });
    }
  }

  stateOf(id: ClientOrderId): string {
    return this.session.view.orders.get(id)?.state ?? "ended";
  }

  get position(): number {
    return this.session.view.positions.find((one) => one.instrument === BTC.id)?.lots ?? 0;
  }
}
