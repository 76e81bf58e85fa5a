import { messageOf } from "../core/errors.ts";
import type { Authority } from "../trading/gate.ts";
import { armedSince } from "../trading/kill-state.ts";
import type { Level } from "../trading/level.ts";
import { strictest } from "../trading/level.ts";
import type { ClientOrderId, Order } from "../trading/order.ts";
import type { Position } from "../trading/position.ts";
import { bookViewOf } from "./book-view.ts";
import type { Command } from "./commands.ts";
import { type Phase, SessionCore } from "./core.ts";
import type { SessionEvent } from "./events.ts";
import { OperatorDesk } from "./operator-desk.ts";
import { OrderFlow } from "./order-flow.ts";
import type { SessionConfig } from "./session-config.ts";
import type { StoredPartition } from "./stored.ts";
import type { BookView, Wish } from "./trader.ts";
import { Upkeep } from "./upkeep.ts";
import { VenueTruth } from "./venue-truth.ts";

/**
 * One partition's trading as a state machine, for as long as one lease lasts: events in, commands out, no input or
 * output of its own, no clock, no chance. The worker feeds it what happened and carries out what it asks, in order and
 * in the same turn; the simulation drives the very same code under virtual time.
 */
export interface Session {
  /** Takes one event and says what to do now. Never throws for anything from outside. */
  step(event: SessionEvent): readonly Command[];
  /** Monotonic time at which it wants a `timer` event if nothing else happens before; undefined when there is nothing to wait for. */
  readonly wakeAt: number | undefined;
  /** What the egress must hold against an order at the moment of writing: always the newest. */
  readonly authority: Authority;
  /** For status, metrics and tests. */
  readonly view: SessionView;
}

export interface SessionView {
  /** The level that counts for this partition now: BLOCK without a permit or a lease. */
  readonly level: Level;
  readonly epoch: number;
  readonly phase: Phase;
  /** Everything that has not ended. */
  readonly orders: ReadonlyMap<ClientOrderId, Order>;
  readonly positions: readonly Position[];
  readonly unresolved: readonly ClientOrderId[];
  /** Sequence of the last order that was handed to the egress. */
  readonly lastSent: number;
  readonly departed: number;
  readonly intended: number;
  /** Monotonic time of the last reconciliation that found no difference. */
  readonly certifiedAt: number | undefined;
  readonly driftLots: number | undefined;
  /** Monotonic time by which the venue's dead-man's switch has fallen unless it is refreshed; undefined before the venue took it. */
  readonly deadManUntil: number | undefined;
  /** How often each code has denied an order. */
  readonly denials: ReadonlyMap<string, number>;
}

export function createSession(config: SessionConfig): Session {
  return new LiveSession(config);
}

class LiveSession implements Session {
  readonly #core: SessionCore;
  readonly #flow: OrderFlow;
  readonly #truth: VenueTruth;
  readonly #operators: OperatorDesk;
  readonly #upkeep: Upkeep;
  #bookStamp = 0;

  constructor(config: SessionConfig) {
    this.#core = new SessionCore(config);
    this.#flow = new OrderFlow(this.#core);
    this.#truth = new VenueTruth(this.#core, this.#flow);
    this.#operators = new OperatorDesk(this.#core, this.#flow);
    this.#upkeep = new Upkeep(this.#core, this.#flow, this.#operators);
  }

  get authority(): Authority {
    return this.#core.holdings;
  }

  get wakeAt(): number | undefined {
    return this.#upkeep.wakeAt;
  }

  get view(): SessionView {
    const { book, holdings, now, phase, lastSent, departed, intended, reconciler, config, desk } = this.#core;
    const orders = new Map([...book.active].map(([id, entry]) => [id, entry.order]));
    const levels = config.instruments.map(({ id }) => holdings.levelFor(desk.ownerOf(id), now.mono).level);
    return {
      level: levels.length === 0 ? "BLOCK" : strictest(levels),
      epoch: holdings.state.epoch,
      phase,
      orders,
      positions: book.positions,
      unresolved: [...orders.values()].filter((order) => order.state === "unresolved").map((order) => order.id),
      lastSent,
      departed,
      intended,
      certifiedAt: reconciler.certifiedAt,
      driftLots: reconciler.driftLots,
      deadManUntil: phase === "released" ? undefined : this.#upkeep.deadManUntil,
      denials: this.#flow.denials.counts,
    };
  }

  step(event: SessionEvent): readonly Command[] {
    this.#core.now = event.at;
    this.#core.book.now = event.at.mono;
    this.#flow.noteDepartures();
    this.#take(event);
    if (this.#core.phase === "released") return this.#core.takeCommands();
    this.#tellTrader();
    this.#upkeep.run();
    return this.#core.takeCommands();
  }

  #take(event: SessionEvent): void {
    const core = this.#core;
    switch (event.kind) {
      case "timer":
        return;
      case "lease-held":
        this.#takeLease(event.lease.token, () => core.holdings.takeLease(event.lease));
        return;
      case "lease-lost":
        this.#release();
        return;
      case "partition-loaded":
        this.#load(event.stored);
        return;
      case "permit-read":
        core.holdings.takePermit(event.permit);
        this.#noteArm();
        return;
      case "level-pushed":
        core.holdings.takePush(event.scope, event.level, event.epoch);
        return;
      case "limits-read":
        if (event.limits.version >= core.desk.limits.version) core.desk.limits = event.limits;
        return;
      case "permissions-read":
        core.desk.permissions = event.permissions;
        return;
      case "account-read":
        if (event.view.version < (core.desk.accountRead?.version ?? 0)) return;
        core.desk.accountRead = event.view;
        core.desk.accountReadAt = event.at.mono;
        return;
      case "operator-asked":
        this.#operators.ask(event.request);
        return;
      case "bar-closed":
        if (core.market.instrument(event.instrument) === undefined) return;
        core.market.takeBar(event.instrument, event.bar, event.at);
        this.#consult((view) => core.config.trader.onBar(event.instrument, event.bar, view), event.history !== true);
        return;
      case "price-seen":
        core.market.takePrice(event.instrument, event.price, event.source, event.at);
        return;
      case "market-status":
        core.market.takeStatus(event.instrument, event.status);
        return;
      case "venue-time":
        core.desk.clockSkewMs = event.at.wall - event.wall;
        core.desk.venueTimeAt = event.at.mono;
        return;
      case "intents-committed":
        this.#flow.committed(event.turn, event.refused);
        return;
      case "intents-refused":
        this.#flow.refused(event.turn, event.reason === "fenced" ? "FENCED" : "INTENT_INVALID");
        if (event.reason === "fenced") this.#release();
        return;
      case "intents-uncertain":
        return;
      case "call-failed":
        core.stop("CALL_FAILED", `${event.call}: ${event.reason}`);
        return;
      case "dead-man-armed":
        this.#upkeep.deadManUntil = event.until;
        return;
      case "venue-connected":
        core.connected = true;
        core.urgent = true;
        return;
      case "venue-disconnected":
        core.connected = false;
        this.#truth.disconnected();
        return;
      case "order-found":
        if (!this.#isLoaded) return;
        this.#truth.found(event.order, event.fills);
        return;
      case "order-unknown":
        this.#truth.unknown(event.id, event.request);
        return;
      case "snapshot-taken":
        if (event.snapshot.cash !== undefined) core.desk.cashShownAt = event.at.mono;
        for (const [id, mark] of event.snapshot.marks ?? []) core.market.takeMark(id, mark, event.at);
        this.#upkeep.reconcile(this.#truth.snapshot(event.request, event.snapshot));
        return;
      default:
        if (this.#isLoaded) this.#truth.report(event);
        return;
    }
  }

  /** What the venue says before the book is here is heard again: the first snapshot holds it. */
  get #isLoaded(): boolean {
    return this.#core.phase !== "idle" && this.#core.phase !== "loading";
  }

  #takeLease(token: number, take: () => void): void {
    const { holdings, phase } = this.#core;
    if (phase === "released") return;
    if (holdings.lease !== undefined && holdings.lease.token !== token) {
      this.#release();
      return;
    }
    take();
    if (phase !== "idle") return;
    this.#core.phase = "loading";
    this.#core.emit({ kind: "load-partition", token });
  }

  #load(stored: StoredPartition): void {
    const { phase, book, desk, inquiries } = this.#core;
    if (phase !== "loading") return;
    book.restore(stored);
    desk.nextSequence = stored.nextSequence;
    desk.flow.restore(stored.runsSinceHuman, stored.armedEpoch);
    this.#operators.restore(stored.doneRequests);
    this.#core.config.trader.restore(stored);
    for (const { order } of book.active.values()) if (order.state === "unresolved") inquiries.open(order.id);
    this.#core.phase = "reconciling";
    this.#noteArm();
    this.#core.urgent = true;
  }

  /** What nobody had armed when the past was read may have been armed since. */
  #noteArm(): void {
    const { desk, holdings, config } = this.#core;
    if (this.#isLoaded && holdings.permit !== undefined) desk.armed(armedSince(holdings.permit.state, config));
  }

  /** Another holder is in force, or may be. This session is over; a new lease is a new session. */
  #release(): void {
    this.#core.phase = "released";
    this.#core.holdings.dropLease();
    this.#core.book.takeChange(0);
  }

  /** Tells the trader between bars that its own affairs have changed: a fill, an end, a refusal. */
  #tellTrader(): void {
    const { book, config, phase } = this.#core;
    if (book.stamp === this.#bookStamp) return;
    if (phase === "trading") this.#consult((view) => config.trader.onBookChange(view), true);
    // What the trader itself caused just now is no news to it.
    this.#bookStamp = book.stamp;
  }

  /**
   * Asks the trader. One that throws is stopped, and nothing else with it. What is not wanted now is answered like what
   * is denied: a trader that waited for an answer would never ask again, not even for a stop-loss.
   */
  #consult(ask: (view: BookView) => readonly Wish[], wanted: boolean): void {
    let wishes: readonly Wish[];
    try {
      wishes = ask(bookViewOf(this.#core));
    } catch (error) {
      this.#core.stop("STRATEGY_FAILED", `${this.#core.config.strategy}: ${messageOf(error)}`);
      return;
    }
    if (wanted && !this.#operators.isBusy) for (const wish of wishes) this.#grant(wish);
    else for (const wish of wishes) if (wish.kind === "place") wish.answered?.(undefined);
  }

  #grant(wish: Wish): void {
    if (wish.kind === "cancel") {
      const entry = this.#core.book.active.get(wish.id);
      if (entry !== undefined) this.#flow.cancel(entry);
      return;
    }
    const { terms, tag, parent, exits } = wish;
    const id = this.#flow.propose({
      terms,
      origin: "strategy",
      ...(tag === undefined ? {} : { tag }),
      ...(parent === undefined ? {} : { parent }),
      ...(exits === undefined ? {} : { exits }),
    });
    wish.answered?.(id);
  }
}
