import type { DecisionRecord } from "../trading/decision.ts";
import { mayLeave } from "../trading/gate.ts";
import { lots } from "../trading/instrument.ts";
import type { ClientOrderId } from "../trading/order.ts";
import { isTerminal, mayBeLive, type Order } from "../trading/order.ts";
import { onlyReduces } from "../trading/risk/exposure.ts";
import type { BookEntry } from "./book.ts";
import type { Decided } from "./commit-queue.ts";
import type { SessionCore } from "./core.ts";
import { DenialLog } from "./denial-log.ts";
import type { Proposal } from "./desk.ts";
import type { RefusedIntent } from "./events.ts";

/** The path of an order: decided, committed, through the gate, to the egress. And back, by cancel. */
export class OrderFlow {
  readonly #core: SessionCore;
  readonly denials = new DenialLog();
  /** Handed to the egress in the last step: by the time of the next event they have been written, or not at all. */
  #leaving: BookEntry[] = [];

  constructor(core: SessionCore) {
    this.#core = core;
  }

  /** Everything handed over in an earlier step has certainly left by now, if it left at all. */
  noteDepartures(): void {
    for (const entry of this.#leaving) entry.leftBy = this.#core.now.mono;
    this.#leaving = [];
  }

  /** Decides a proposal. Allowed, it counts from here on and waits for its commit; the id is returned. */
  propose(proposal: Proposal): ClientOrderId | undefined {
    const { desk, book, commits, standing, now } = this.#core;
    const decision = desk.decide(proposal, standing, now);
    if (!decision.allowed) {
      this.#recordDenial(decision.record);
      return undefined;
    }
    const { intent } = decision;
    const order: Order = {
      id: intent.id,
      terms: intent.terms,
      owner: intent.owner,
      state: "initialized",
      filled: lots(0),
    };
    book.add(intent, order);
    commits.add({ intent, at: now.mono });
    return intent.id;
  }

  /** Asks the store for the turn that is due. Without a lease that holds nothing is written. */
  commit(): void {
    const { commits, desk, holdings, now, timing } = this.#core;
    const due = commits.due(now.mono);
    if (due === undefined || holdings.lease === undefined) return;
    const { turn, intents } = due;
    const admission = desk.admission(intents, now, timing.inFlightMs);
    this.#core.emit({ kind: "commit-intents", turn, token: holdings.lease.token, intents, admission });
  }

  /** The turn is durable: each of its orders goes to the gate, in sequence, in this very step. */
  committed(turn: number, refused: readonly RefusedIntent[]): void {
    const refusals = new Map(refused.map((one) => [one.id, one.code]));
    for (const decided of this.#core.commits.settle(turn)) {
      this.#core.intended += 1;
      const refusal = refusals.get(decided.intent.id);
      if (refusal !== undefined) this.denials.count(refusal);
      const code = refusal ?? this.#objection(decided);
      const entry = this.#core.book.find(decided.intent.id);
      if (entry === undefined) continue;
      // What was withdrawn before its row was there could not be written into it: now it can.
      if (entry.order.state !== "initialized") this.#core.book.writeAgain(entry);
      else if (code !== undefined) this.#core.book.change(entry, { kind: "deny" }, code);
      else this.#depart(entry, decided);
    }
  }

  /** The store refused for good: nothing of it was written, nothing of it leaves. */
  refused(turn: number, code: string): void {
    for (const { intent } of [...this.#core.commits.settle(turn), ...this.#core.commits.drop()]) {
      const entry = this.#core.book.find(intent.id);
      if (entry?.order.state === "initialized") this.#core.book.change(entry, { kind: "deny" }, code);
    }
  }

  /** Withdraws an order, at every level and without permit or lease (KS-12). One that has not left is simply not sent. */
  cancel(entry: BookEntry): void {
    const { book, now } = this.#core;
    const { order } = entry;
    if (isTerminal(order.state)) return;
    if (order.state === "initialized") {
      book.change(entry, { kind: "deny" }, "WITHDRAWN");
      return;
    }
    if (order.state !== "unresolved") book.change(entry, { kind: "ask-cancel" });
    entry.cancelAskedAt = now.mono;
    this.#core.emit({ kind: "cancel", id: order.id });
  }

  /** Cancels that were not answered are sent again; they cannot do harm twice. */
  repeatCancels(): void {
    const { book, now, timing, connected } = this.#core;
    if (!connected) return;
    for (const entry of book.active.values()) {
      const asked = entry.cancelAskedAt;
      if (asked === undefined || now.mono < asked + timing.cancelRetryMs || !mayBeLive(entry.order.state)) continue;
      this.cancel(entry);
    }
  }

  /** Orders that were not answered in time are unresolved, and asked about (OL-03). */
  noticeSilence(): void {
    const { book, now, timing } = this.#core;
    for (const entry of book.active.values()) {
      const silent = entry.order.state === "submitted" && entry.leftBy !== undefined;
      if (silent && now.mono >= entry.leftBy! + timing.answerMs) this.lose(entry);
    }
  }

  lose(entry: BookEntry): void {
    this.#core.book.change(entry, { kind: "lose" });
    this.#core.inquiries.open(entry.order.id);
  }

  /** The next moment at which something here is due. */
  get wakeAt(): number | undefined {
    const { book, timing, commits } = this.#core;
    const times = [commits.wakeAt];
    for (const { order, leftBy, cancelAskedAt } of book.active.values()) {
      if (order.state === "submitted" && leftBy !== undefined) times.push(leftBy + timing.answerMs);
      if (cancelAskedAt !== undefined && mayBeLive(order.state)) times.push(cancelAskedAt + timing.cancelRetryMs);
    }
    return times.reduce((earliest, at) => (at === undefined ? earliest : Math.min(at, earliest ?? at)), undefined);
  }

  /** What has changed since the decision that an order must not leave after. */
  #objection({ intent, at }: Decided): string | undefined {
    const { book, now, timing } = this.#core;
    if (now.mono - at > timing.maxDecisionAgeMs) return "DECISION_STALE";
    const position = book.position(intent.terms.instrument).lots;
    const reduces = onlyReduces(position, book.openOrders(intent.id), intent.terms);
    return (intent.reducing || intent.terms.reduceOnly) && !reduces ? "REDUCES_NO_LONGER" : undefined;
  }

  /** The last gate (KS-11): checked in the same turn in which the egress gets the order. */
  #depart(entry: BookEntry, { intent }: Decided): void {
    const { book, holdings, now } = this.#core;
    const departure = { owner: intent.owner, token: intent.token, epoch: intent.epoch, reducing: intent.reducing };
    const gate = mayLeave(departure, holdings, now.mono);
    if (!gate.ok) {
      const { code } = gate.refusal;
      book.change(entry, { kind: "deny" }, code);
      this.denials.count(code);
      // Its row says so: there is nothing to record beside it.
      this.#core.emit({ kind: "record-denials", token: this.#core.token, code, decisions: [] });
      return;
    }
    book.change(entry, { kind: "submit" });
    this.#leaving.push(entry);
    this.#core.lastSent = intent.sequence;
    this.#core.departed += 1;
    this.#core.emit({ kind: "submit", id: intent.id, sequence: intent.sequence, terms: intent.terms, departure });
  }

  #recordDenial(record: DecisionRecord): void {
    const { now, token } = this.#core;
    const code = record.code ?? "DENIED";
    const decisions = this.denials.admit(code, now.mono) ? [record] : [];
    this.#core.emit({ kind: "record-denials", token, code, decisions });
  }
}
