import type { ActionEvidence } from "../../src/live/commands.ts";
import type { SessionView } from "../../src/live/session.ts";
import type { OutgoingOrder } from "../../src/ports/venue.ts";
import { ownerPrefix } from "../../src/trading/client-order-id.ts";
import { strategyId } from "../../src/trading/instrument.ts";
import { combineStores, effectiveLevel, type KillState } from "../../src/trading/kill-state.ts";
import type { PartitionId } from "../../src/trading/lease.ts";
import { type ClientOrderId, isTerminal, type OrderTerms, openLots, signOf } from "../../src/trading/order.ts";
import { PERMIT_LIFE_MS } from "../../src/trading/permit.ts";
import { applyFill, flat } from "../../src/trading/position.ts";
import type { Owner } from "../../src/trading/scope.ts";
import type { Host } from "./host.ts";
import type { World } from "./world.ts";

/** Clocks run up to this much fast or slow; a permit lasts that much longer in true time. */
const CLOCK_ERROR = 1.006;
/** The hard bound of propagation: the permit's life and one send (KS-09, KS-36). */
export const KILL_BOUND_MS = PERMIT_LIFE_MS * CLOCK_ERROR + 1;

export interface Writer {
  readonly partition: PartitionId;
  /** The venue has shown this holder its truth at least once. */
  readonly sawVenue: boolean;
}

/** What must hold at every moment, judged from outside, with the true time and the true state of everything. */
export class Invariants {
  readonly #world: World;
  readonly #positionLimit: number;
  /** Every kill state there ever was, with the time at which it came into force. */
  readonly #history: { readonly at: number; readonly state: KillState }[] = [];
  readonly #written = new Map<ClientOrderId, number>();
  /** Orders on the wire: written, not yet at the venue. */
  readonly #flying = new Map<ClientOrderId, OrderTerms>();
  readonly #raised = new Set<string>();
  violation: string | undefined;
  writes = 0;

  constructor(world: World, positionLimit: number) {
    this.#world = world;
    this.#positionLimit = positionLimit;
    this.killed();
  }

  /** Levels have changed somewhere: from now on this is in force. */
  killed(): void {
    const { authority, copy, schedule } = this.#world;
    const levels = new Map(authority.state.levels);
    const hand = {
      store: "hand",
      role: "latch",
      status: "read",
      state: { epoch: authority.state.epoch, levels: copy.byHand },
    } as const;
    const state = combineStores([
      { store: "authority", role: "authority", status: "read", state: { epoch: authority.state.epoch, levels } },
      hand,
    ]);
    this.#history.push({ at: schedule.now, state });
  }

  /** A worker has raised a level by itself: whatever befalls it, the authority must hear of it in the end (KS-25). */
  raised(commandId: string): void {
    this.#raised.add(commandId);
  }

  /** An order is being written to the venue's socket. */
  wrote(host: Host, writer: Writer, { id, terms, departure }: OutgoingOrder): void {
    const { schedule, authority } = this.#world;
    this.writes += 1;
    const at = `${host.name} wrote ${id} at ${schedule.now.toFixed(0)}`;
    const times = (this.#written.get(id) ?? 0) + 1;
    this.#written.set(id, times);
    if (times > 1) this.#fail("one live order per intent", `${at}, for the ${times}th time`);
    const holder = authority.holder(writer.partition);
    if (holder?.token !== departure.token) {
      this.#fail(
        "no send without lease",
        `${at} with token ${departure.token}, while ${holder?.token ?? "nobody"} holds the partition`,
      );
    }
    if (!authority.rows(writer.partition).intents.has(id))
      this.#fail("write-ahead", `${at}, which the store does not hold`);
    if (!writer.sawVenue) this.#fail("no send before reconciliation", at);
    this.#checkLevel(at, departure.owner, terms);
    this.#flying.set(id, terms);
  }

  arrived(id: ClientOrderId): void {
    this.#flying.delete(id);
    const taken = this.#world.venue.taken.get(id) ?? 0;
    if (taken > 0) this.#fail("one live order per intent", `${id} arrives a second time`);
  }

  /** It was under way when its connection broke, and is gone. */
  lost(id: ClientOrderId): void {
    this.#flying.delete(id);
  }

  /** KS-36: a kill that was in force for longer than the bound must hold. So a write needs a recent state that allows it. */
  #checkLevel(at: string, owner: Owner, terms: OrderTerms): void {
    const now = this.#world.schedule.now;
    let allowed = false;
    for (let index = this.#history.length - 1; index >= 0; index--) {
      const { at: since, state } = this.#history[index]!;
      const level = effectiveLevel(state, owner);
      if (level === "RUN" || (level === "REDUCE_ONLY" && this.#reduces(terms))) allowed = true;
      // The state that was in force when the bound began is the oldest that may still have been believed.
      if (allowed || since <= now - KILL_BOUND_MS) break;
    }
    if (!allowed) this.#fail("KS-36", `${at} after a kill and its bound`);
  }

  /** Whether, by the venue's truth, the order can only make the position smaller, with all that rests or flies. */
  #reduces(terms: OrderTerms): boolean {
    // Nobody can count what the venue said it had refused: only that all of it stops is looked at then.
    if (this.#risenOn(terms.instrument) > 0) return true;
    const position = this.#world.venue.positions.get(terms.instrument) ?? 0;
    if (signOf(terms.side) !== -Math.sign(position)) return false;
    return this.#openOn(terms.instrument, terms.side) + terms.quantity <= Math.abs(position);
  }

  #openOn(instrument: string, side: string): number {
    let total = 0;
    for (const { order } of this.#world.venue.open.values()) {
      if (order.terms.instrument === instrument && order.terms.side === side)
        total += order.terms.quantity - order.filled;
    }
    for (const terms of this.#flying.values()) {
      if (terms.instrument === instrument && terms.side === side) total += terms.quantity;
    }
    return total;
  }

  #risenOn(instrument: string): number {
    let total = 0;
    for (const terms of this.#world.risen.values()) if (terms.instrument === instrument) total += terms.quantity;
    return total;
  }

  /** Looks at everything that must hold between any two events. */
  look(): void {
    this.#checkPositions();
    for (const host of this.#world.hosts) {
      for (const { partition, view, token } of host.held) {
        if (this.#world.authority.holder(partition)?.token === token) this.#checkReservations(host, partition, view);
      }
    }
  }

  /** RC-32 by the venue's truth: whatever was open, the limit on the position held. */
  #checkPositions(): void {
    for (const [instrument, position] of this.#world.venue.positions) {
      if (Math.abs(position) > this.#positionLimit + this.#risenOn(instrument))
        this.#fail("position limit", `${instrument} is at ${position}`);
    }
  }

  /** RC-03: what is live at the venue counts against the limits of whoever holds the partition. */
  #checkReservations(host: Host, partition: PartitionId, { phase, orders }: SessionView): void {
    if (phase === "idle" || phase === "loading" || phase === "released") return;
    const prefix = this.#prefix(partition);
    for (const [id, { order }] of this.#world.venue.open) {
      if (!id.startsWith(prefix) || this.#world.risen.has(id)) continue;
      const own = orders.get(id);
      const reserved = own === undefined ? 0 : openLots(own);
      const live = order.terms.quantity - order.filled;
      if (reserved < live)
        this.#fail(
          "reservations equal open risk",
          `${host.name} reserves ${reserved} for ${id}, of which ${live} is live`,
        );
    }
  }

  /** KS-14, KS-19: whoever says that nothing is left must be right. */
  progressed(partition: PartitionId, { action, phase, request, ordersBefore }: ActionEvidence): void {
    if (phase !== "done" || (action !== "cancel" && action !== "flatten")) return;
    const prefix = this.#prefix(partition);
    const left = [...this.#world.venue.open.keys(), ...this.#flying.keys()].filter((id) => id.startsWith(prefix));
    const { instrument } = this.#world.partitions.find((one) => one.partition === partition)!;
    if (left.length > 0 && ordersBefore.length >= 0)
      this.#fail("KS-14", `${request} is done, but ${left.join(", ")} is live`);
    const position = this.#world.venue.positions.get(instrument.id) ?? 0;
    if (action === "flatten" && position !== 0)
      this.#fail("KS-16", `${request} is done, but the position is ${position}`);
  }

  /** When all is quiet the books are equal: ours in memory, ours in the store, and the venue's. */
  atRest(): void {
    this.look();
    const unheard = [...this.#raised].filter((id) => !this.#world.authority.knows(id));
    if (unheard.length > 0) this.#fail("KS-25", `the authority never heard of ${unheard.join(", ")}`);
    for (const { partition, instrument } of this.#world.partitions) {
      const holders = this.#world.hosts.flatMap((host) => host.held.filter((one) => one.partition === partition));
      const holder = holders.find((one) => this.#world.authority.holder(partition)?.token === one.token);
      if (holder === undefined) {
        this.#fail("somebody works", `nobody holds ${partition} at rest`);
        continue;
      }
      const { view } = holder;
      const truth = this.#world.venue.positions.get(instrument.id) ?? 0;
      const held = view.positions.find((one) => one.instrument === instrument.id)?.lots ?? 0;
      if (held !== truth) this.#fail("position equals the venue's", `${partition} has ${held}, the venue ${truth}`);
      if (view.unresolved.length > 0) this.#fail("nothing unresolved at rest", view.unresolved.join(", "));
      if (view.certifiedAt === undefined) this.#fail("reconciled at rest", `${partition} has no certificate`);
      this.#checkStore(partition, truth);
    }
  }

  #checkStore(partition: PartitionId, truth: number): void {
    const rows = this.#world.authority.rows(partition);
    const { instrument } = this.#world.partitions.find((one) => one.partition === partition)!;
    const stored = rows.positions.get(instrument.id)?.lots ?? 0;
    if (stored !== truth)
      this.#fail("position equals the venue's", `the store has ${stored} for ${partition}, the venue ${truth}`);
    const summed = [...rows.fills.values()].reduce(applyFill, flat(instrument.id)).lots;
    if (summed !== truth)
      this.#fail("fills applied once", `the store's fills of ${partition} add up to ${summed}, not ${truth}`);
    const open = [...rows.intents.values()]
      .filter(({ order }) => !isTerminal(order.state))
      .map(({ order }) => order.id);
    const prefix = this.#prefix(partition);
    const live = [...this.#world.venue.open.keys()].filter((id) => id.startsWith(prefix));
    const missing = live.filter((id) => !open.includes(id));
    if (missing.length > 0) this.#fail("no order lost", `the store does not show ${missing.join(", ")} open`);
    const ended = open.filter((id) => !live.includes(id));
    if (ended.length > 0) this.#fail("no order left over", `the store shows ${ended.join(", ")} open`);
  }

  #prefix(partition: PartitionId): string {
    return ownerPrefix(partition, strategyId(`s-${partition}`));
  }

  #fail(rule: string, what: string): void {
    if (this.violation === undefined) this.#world.log.write(this.#world.schedule.now, "VIOLATION", `${rule}: ${what}`);
    this.violation ??= `${rule}: ${what}`;
  }
}
