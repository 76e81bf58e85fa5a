import type { Cancel, Clock } from "../../core/clock.ts";
import { messageOf, OutageError, unreachable } from "../../core/errors.ts";
import type { ActionEvidence, Command } from "../../live/commands.ts";
import type { Happening, OperatorRequest } from "../../live/events.ts";
import { createSession, type Session, type SessionView } from "../../live/session.ts";
import type { SessionConfig } from "../../live/session-config.ts";
import type { GrantedLease } from "../../ports/lease-store.ts";
import type { FeedBar } from "../../ports/market-data.ts";
import type { OrderStore, PartitionOwner } from "../../ports/order-store.ts";
import type { Venue } from "../../ports/venue.ts";
import { LEASE_LIFE_MS } from "../../trading/lease.ts";
import type { Permit } from "../../trading/permit.ts";
import type { Permissions } from "../../trading/risk/context.ts";
import type { LimitSet } from "../../trading/risk/limits.ts";
import { AccountLedger } from "./account-ledger.ts";
import { BarsInStep } from "./bars-in-step.ts";
import { BookRecorder } from "./book-recorder.ts";
import type { Push } from "./keep-permit.ts";
import { loadPast } from "./load-past.ts";
import { lookAtAccount } from "./look-at-account.ts";
import { OutboundOrders } from "./outbound-orders.ts";
import { type RaisePorts, raiseLevel } from "./raise-level.ts";

/** Everything a partition's trading needs from outside. */
export interface TradePartitionOptions extends RaisePorts {
  readonly config: SessionConfig;
  readonly venue: Venue;
  readonly orders: OrderStore;
  readonly clock: Clock;
  /** The risk limits as last read; undefined until they were, and then every order is denied. */
  readonly limits: () => LimitSet | undefined;
  readonly permissions: Permissions;
  /** The level this partition acts under has changed, or how far it had sent by then. */
  readonly onAcknowledge: (ack: { readonly epoch: number; readonly level: string; readonly lastSent: number }) => void;
  readonly onAlert: (code: string, text: string) => void;
  /** Sees every step of the session, after it was carried out: for metrics. */
  readonly onStep?: (event: Happening, commands: readonly Command[]) => void;
  /** The session is over: the lease was lost, or given back after a drain (`token` set). */
  readonly onReleased: (token: number | undefined) => void;
}

/**
 * Carries one session through one lease: feeds it what happens, carries out what it asks, in order and in the same
 * turn, and brings the answers back as events. Decides nothing about trading.
 */
export class PartitionTrading {
  readonly #options: TradePartitionOptions;
  readonly #session: Session;
  readonly #recorder: BookRecorder;
  readonly #ledger: AccountLedger;
  readonly #outbound: OutboundOrders;
  readonly #cancels: Cancel[] = [];
  readonly #queue: Happening[] = [];
  readonly #owner: PartitionOwner;
  readonly #bars = new BarsInStep();
  #busy = false;
  #over = false;
  #timer: Cancel | undefined;
  readonly #evidence = new Map<string, ActionEvidence>();

  constructor(options: TradePartitionOptions) {
    const { config, orders, venue, clock, log } = options;
    this.#options = options;
    this.#owner = { venue: config.venue, account: config.account, strategy: config.strategy };
    this.#session = createSession(config);
    this.#ledger = new AccountLedger(new Map(config.instruments.map((one) => [one.id, one])));
    const write = orders.recordBook.bind(orders, config.partition, this.#owner);
    this.#recorder = new BookRecorder(write, clock, log);
    this.#outbound = new OutboundOrders({
      ...{ partition: config.partition, orders, venue, clock },
      authority: () => this.#session.authority,
      happen: (event) => this.happen(event),
    });
  }

  get view(): SessionView {
    return this.#session.view;
  }

  /** Orders that left through the last gate. */
  get ordersSent(): number {
    return this.#outbound.sent;
  }

  /** Begins with a lease that was taken; `requestedAt` is the monotonic time before it was asked for. */
  start(lease: GrantedLease, requestedAt: number, permit: Permit | undefined): void {
    const { config, permissions } = this.#options;
    if (permit !== undefined) this.happen({ kind: "permit-read", permit });
    const limits = this.#options.limits();
    if (limits !== undefined) this.takeLimits(limits);
    this.happen({ kind: "permissions-read", permissions });
    for (const { id } of config.instruments) {
      const { types: allowedTypes, times: allowedTimes } = config.capabilities;
      this.happen({ kind: "market-status", instrument: id, status: { phase: "open", allowedTypes, allowedTimes } });
    }
    this.renewed(lease, requestedAt);
  }

  renewed({ partition, token }: GrantedLease, requestedAt: number): void {
    this.happen({ kind: "lease-held", lease: { partition, token, expires: requestedAt + LEASE_LIFE_MS } });
  }

  leaseLost(): void {
    this.happen({ kind: "lease-lost" });
  }

  takePermit(permit: Permit): void {
    this.happen({ kind: "permit-read", permit });
  }

  takeLimits(limits: LimitSet): void {
    this.happen({ kind: "limits-read", limits });
  }

  takePush({ scope, level, epoch }: Push): void {
    this.happen({ kind: "level-pushed", scope, level, epoch });
  }

  /** Asks, and gives how far it is now. */
  ask(request: OperatorRequest): ActionEvidence | undefined {
    this.happen({ kind: "operator-asked", request });
    return this.#evidence.get(request.id);
  }

  /** A bar of the past, to warm up with. */
  recall(feedBar: Pick<FeedBar, "instrument" | "bar">): void {
    this.#ledger.takeBar(feedBar.instrument, feedBar.bar);
    this.happen({ kind: "bar-closed", ...feedBar, history: true });
  }

  takeBar(feedBar: FeedBar): void {
    const { instrument, bar, late = false } = feedBar;
    this.#ledger.takeBar(instrument, bar);
    this.#tellAccount();
    this.#bars.take(feedBar);
    this.happen({ kind: "bar-closed", instrument, bar, history: late });
  }

  /** Something happened. Never waits; may be called from within a command's execution. */
  happen(event: Happening): void {
    if (this.#over) return;
    this.#queue.push(event);
    if (this.#busy) return;
    this.#busy = true;
    while (this.#queue.length > 0) this.#step(this.#queue.shift()!);
    this.#busy = false;
    this.#setTimer();
    this.#bars.confirm(this.#session.view.orders, this.#outbound.isCommitting);
  }

  /** Resolves when what the session wrote down is in the store. */
  async recorded(): Promise<void> {
    await this.#recorder.drained();
  }

  close(): void {
    this.#over = true;
    this.#timer?.();
    for (const cancel of this.#cancels) cancel();
    this.#bars.confirmAll();
  }

  #step(event: Happening): void {
    const { clock } = this.#options;
    const before = this.#session.view.phase;
    const commands = this.#session.step({ ...event, at: { mono: clock.monotonic(), wall: clock.now() } });
    for (const command of commands) this.#carryOut(command);
    this.#options.onStep?.(event, commands);
    if (event.kind === "order-filled") this.#tellAccount();
    if (before !== "released" && this.#session.view.phase === "released") this.#released(commands);
  }

  #carryOut(command: Command): void {
    const { config, orders, venue, onAcknowledge, onAlert } = this.#options;
    const { partition } = config;
    switch (command.kind) {
      case "load-partition":
        void this.#load();
        return;
      case "commit-intents":
        this.#recorder.yieldTo(this.#outbound.commit(command));
        return;
      case "record-denials":
        this.#answer(orders.recordDenials(partition, command.token, command.decisions));
        return;
      case "submit":
        this.#outbound.submit(command);
        return;
      case "cancel":
        venue.cancel(command.id);
        return;
      case "query-order":
        this.#query(command);
        return;
      case "request-snapshot":
        this.#snapshot(command);
        return;
      case "record-book":
        this.#outbound.settle(command.orders);
        this.#recorder.record(command);
        return;
      case "acknowledge-level":
        onAcknowledge(command);
        return;
      case "raise-level":
        void raiseLevel(this.#options, command);
        return;
      case "record-certificate":
        this.#answer(orders.recordCertificate(partition, this.#options.worker, command.certificate));
        return;
      case "refresh-dead-man":
        this.#answer(this.#setDeadMan(command.timeoutMs), () =>
          this.happen({ kind: "dead-man-armed", until: this.#options.clock.monotonic() + command.timeoutMs }),
        );
        return;
      case "disarm-dead-man":
        this.#answer(this.#setDeadMan(0));
        return;
      case "report-progress":
        this.#evidence.set(command.evidence.request, command.evidence);
        this.#answer(orders.recordProgress(partition, command.evidence));
        return;
      case "alert":
        onAlert(command.code, command.text);
        return;
      case "release-lease":
        return;
      default:
        unreachable(command);
    }
  }

  async #load(): Promise<void> {
    const { config, venue } = this.#options;
    const stored = await loadPast(config.partition, this.#options, () => this.#over);
    if (stored === undefined || this.#over) return;
    this.#outbound.restore(stored);
    this.happen({ kind: "partition-loaded", stored });
    // Only now: a report of an order that the last holder sent would meet a book that does not know it yet. What
    // was reported before is in the first snapshot, which is asked for after this.
    if (!this.#over) this.#cancels.push(venue.onEvent((event) => this.happen(event)));
  }

  #query({ request, id }: Extract<Command, { kind: "query-order" }>): void {
    this.#answer(this.#options.venue.order(id), (found) =>
      this.happen(
        found === undefined ? { kind: "order-unknown", request, id } : { kind: "order-found", request, ...found },
      ),
    );
  }

  #snapshot({ request, fillCursor }: Extract<Command, { kind: "request-snapshot" }>): void {
    const whose = { partition: this.#options.config.partition, owner: this.#owner };
    const look = lookAtAccount(this.#options, whose, fillCursor, (others) => this.#ledger.takeOthers(others));
    this.#answer(look, ({ snapshot, skewMs }) => {
      this.happen({ kind: "venue-time", wall: this.#options.clock.now() - skewMs });
      this.#tellAccount();
      this.happen({ kind: "snapshot-taken", request, snapshot });
      // After the session has booked the fills that the snapshot brought: cash and positions are of one moment then.
      this.#ledger.takeCash(snapshot.cash, this.#session.view.positions);
      this.#tellAccount();
    });
  }

  #tellAccount(): void {
    const view = this.#ledger.view(this.#session.view.positions, this.#options.clock.now());
    if (view !== undefined) this.happen({ kind: "account-read", view });
  }

  /** One for each instrument: where the venue has one for a market, others' markets keep theirs. */
  async #setDeadMan(timeoutMs: number): Promise<void> {
    const { config, venue } = this.#options;
    await Promise.all(config.instruments.map(({ id }) => venue.deadMan({ ...this.#owner, instrument: id }, timeoutMs)));
  }

  /** Brings an answer back. An outage is no answer: the session asks again by itself. */
  #answer<T>(promise: Promise<T>, then: (value: T) => void = () => {}): void {
    promise.then(then, (error: unknown) => {
      if (!(error instanceof OutageError)) throw error;
      this.#options.log.warn("no answer", { error: messageOf(error) });
    });
  }

  #released(commands: readonly Command[]): void {
    const handedOver = commands.find((command) => command.kind === "release-lease");
    if (handedOver === undefined) this.#recorder.abandon();
    this.#options.onReleased(handedOver?.token);
  }

  #setTimer(): void {
    this.#timer?.();
    this.#timer = undefined;
    const { wakeAt } = this.#session;
    if (wakeAt === undefined || this.#over) return;
    const delay = Math.max(0, wakeAt - this.#options.clock.monotonic());
    this.#timer = this.#options.clock.after(delay, () => this.happen({ kind: "timer" }));
  }
}
