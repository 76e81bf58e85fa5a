import type { InstrumentId } from "../trading/instrument.ts";
import type { Level } from "../trading/level.ts";
import { contains } from "../trading/scope.ts";
import type { BookEntry } from "./book.ts";
import type { ActionEvidence } from "./commands.ts";
import type { SessionCore } from "./core.ts";
import type { OperatorRequest } from "./events.ts";
import { MAX_EXITS, nextExit } from "./exit-plan.ts";
import type { OrderFlow } from "./order-flow.ts";
import type { Comparison } from "./reconciler.ts";
import { Withdrawal } from "./withdrawal.ts";

/** How many finished requests are remembered, so that a repeated one only repeats its evidence (KS-20). */
const DONE_KEPT = 1_000;

/** How long a request may wait for a level that allows it before it is given up: an arm has overtaken it, or nobody raised. */
const PATIENCE_MS = 10_000;

interface Running {
  readonly request: OperatorRequest;
  readonly withdrawal: Withdrawal;
  readonly exits: Map<InstrumentId, number>;
  reported: string;
  /** Since when it cannot go on for want of a level. */
  stuckSince: number | undefined;
}

/**
 * Carries out what operators ask, one request at a time: cancel with proof, flatten through the ordinary gate, drain
 * and stop. While one runs the strategy's own orders are held.
 */
export class OperatorDesk {
  readonly #core: SessionCore;
  readonly #flow: OrderFlow;
  readonly #done = new Map<string, ActionEvidence | undefined>();
  readonly #waiting: OperatorRequest[] = [];
  #running: Running | undefined;

  constructor(core: SessionCore, flow: OrderFlow) {
    this.#core = core;
    this.#flow = flow;
  }

  /** Whether strategies are held. */
  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  get draining(): "drain" | "stop" | undefined {
    const action = this.#running?.request.action;
    return action === "drain" || action === "stop" ? action : undefined;
  }

  restore(done: readonly string[]): void {
    for (const id of done) this.#done.set(id, undefined);
  }

  /** Takes a request up, or repeats its evidence. One about others is none of ours. */
  ask(request: OperatorRequest): void {
    if (this.#instrumentsIn(request).length === 0) return;
    if (this.#done.has(request.id)) {
      const evidence = this.#done.get(request.id);
      if (evidence !== undefined) this.#core.emit({ kind: "report-progress", evidence });
      return;
    }
    const known = this.#running?.request.id === request.id || this.#waiting.some((one) => one.id === request.id);
    if (!known) this.#waiting.push(request);
  }

  /** Moves the request that is under way as far as it can go now. */
  advance(): void {
    if (this.#running === undefined) this.#start();
    const running = this.#running;
    if (running === undefined) return;
    if (this.draining !== undefined) return;
    if (!this.#isBlocked(running)) {
      this.#stick(running, "waiting", "the level of the scope is not raised");
      return;
    }
    const { book, isHolder } = this.#core;
    if (!isHolder || running.withdrawal.isPending(book)) running.withdrawal.reopen(book);
    if (!running.withdrawal.proven) {
      running.stuckSince = undefined;
      this.#core.urgent = true;
      for (const entry of running.withdrawal.remaining(book)) {
        if (entry.cancelAskedAt === undefined) this.#flow.cancel(entry);
      }
      this.#report(running, "cancelling");
      return;
    }
    if (running.request.action === "cancel") {
      this.#finish(running, "done");
      return;
    }
    this.#flatten(running);
  }

  observe(comparison: Comparison): void {
    this.#running?.withdrawal.observe(comparison, this.#core.book);
  }

  /** The drain is over: everything is resolved and written. */
  drained(): void {
    if (this.#running !== undefined) this.#finish(this.#running, "done");
  }

  #start(): void {
    const request = this.#waiting.shift();
    if (request === undefined) return;
    const inScope = (entry: BookEntry) => contains(request.scope, entry.order.owner);
    this.#running = {
      request,
      withdrawal: new Withdrawal(request, this.#core.book, inScope, this.#core.timing),
      exits: new Map(),
      reported: "",
      stuckSince: undefined,
    };
  }

  /** Block before cancel, always (KS-13): every instrument of ours in scope must be at least REDUCE_ONLY. */
  #isBlocked(running: Running): boolean {
    return this.#instrumentsIn(running.request).every((id) => this.#levelOf(id) !== "RUN");
  }

  #levelOf(id: InstrumentId): Level {
    const { holdings, desk, now } = this.#core;
    return holdings.levelFor(desk.ownerOf(id), now.mono).level;
  }

  /** It cannot go on as the levels are. After a while it is given up, so that strategies are not held for ever. */
  #stick(running: Running, phase: "waiting" | "flattening", reason: string): void {
    const { mono } = this.#core.now;
    running.stuckSince ??= mono;
    if (mono < running.stuckSince + PATIENCE_MS) this.#report(running, phase, reason);
    else this.#finish(running, phase === "waiting" ? "refused" : "residual", reason);
  }

  #flatten(running: Running): void {
    const { book, reconciler } = this.#core;
    const open = this.#instrumentsIn(running.request).filter((id) => book.position(id).lots !== 0);
    this.#core.urgent = true;
    if (open.length === 0) {
      // Flat by our book; the proof that follows an exit shows it at the venue too.
      if ((reconciler.driftLots ?? 1) !== 0) {
        this.#report(running, "flattening", "waiting for the venue to agree");
        return;
      }
      // Never wider than what is ours: others may still be on their way to flat under the same request.
      const { id, scope } = running.request;
      const flattened = scope.startsWith("instrument:") ? scope : this.#core.scope;
      this.#core.stop("FLATTENED", `flattened by request ${id}`, flattened);
      this.#finish(running, "done");
      return;
    }
    if (!open.every((id) => this.#levelOf(id) === "REDUCE_ONLY")) {
      this.#stick(running, "flattening", "exits need the level REDUCE_ONLY, a permit and a lease");
      return;
    }
    running.stuckSince = undefined;
    for (const id of open) this.#exit(running, id);
    const spent = open.every((id) => (running.exits.get(id) ?? 0) >= MAX_EXITS);
    if (spent) {
      this.#finish(running, "residual", `${MAX_EXITS} exits did not close the position`);
      return;
    }
    this.#report(running, "flattening");
  }

  #exit(running: Running, id: InstrumentId): void {
    const { book, market, desk, config, now } = this.#core;
    const attempt = running.exits.get(id) ?? 0;
    const instrument = market.instrument(id);
    if (attempt >= MAX_EXITS || instrument === undefined) return;
    const { capabilities } = config;
    const collar = desk.resolved(id, now.wall).collarRatio?.value;
    const position = book.position(id).lots;
    const terms = nextExit(
      instrument,
      position,
      book.openOrders(),
      market.reference(id),
      collar,
      capabilities,
      attempt,
    );
    running.exits.set(id, attempt + 1);
    if (terms === undefined) return;
    // An exit is on its way: that nothing rests has to be proven again.
    running.withdrawal.reopen(book);
    this.#flow.propose({ terms, origin: "operator-exit", tag: `flatten ${running.request.id}` });
  }

  #instrumentsIn({ scope }: OperatorRequest): InstrumentId[] {
    const { config, desk } = this.#core;
    return config.instruments.map((one) => one.id).filter((id) => contains(scope, desk.ownerOf(id)));
  }

  #finish(running: Running, phase: ActionEvidence["phase"], reason?: string): void {
    this.#report(running, phase, reason);
    this.#done.set(running.request.id, running.withdrawal.evidence(this.#core.book, phase, reason));
    for (const id of this.#done.keys()) if (this.#done.size > DONE_KEPT) this.#done.delete(id);
    this.#running = undefined;
  }

  /** Tells how far it has come, when that has changed. */
  #report(running: Running, phase: ActionEvidence["phase"], reason?: string): void {
    const evidence = running.withdrawal.evidence(this.#core.book, phase, reason);
    const { snapshotAt, ...rest } = evidence;
    const told = JSON.stringify([rest, phase === "done" ? snapshotAt : 0]);
    if (told === running.reported) return;
    running.reported = told;
    this.#core.emit({ kind: "report-progress", evidence });
  }
}
