import type { Cancel } from "../../core/clock.ts";
import { messageOf, OutageError, unreachable } from "../../core/errors.ts";
import type { ActionEvidence, Command } from "../../live/commands.ts";
import type { Happening, OperatorRequest } from "../../live/events.ts";
import { createSession, type Session, type SessionView } from "../../live/session.ts";
import type { GrantedLease } from "../../ports/lease-store.ts";
import type { FeedBar } from "../../ports/market-data.ts";
import type { PartitionOwner } from "../../ports/order-store.ts";
import { armedSince } from "../../trading/kill-state.ts";
import { LEASE_LIFE_MS, type PartitionId } from "../../trading/lease.ts";
import type { Permit } from "../../trading/permit.ts";
import type { LimitSet } from "../../trading/risk/limits.ts";
import { AccountLedger } from "./account-ledger.ts";
import { BarsInStep } from "./bars-in-step.ts";
import type { Push } from "./keep-permit.ts";
import { loadPast } from "./load-past.ts";
import { lookAtAccount } from "./look-at-account.ts";
import { OutboundOrders } from "./outbound-orders.ts";
import { PartitionRecorders } from "./partition-recorders.ts";
import { raiseLevel } from "./raise-level.ts";
import { setDeadMan } from "./set-dead-man.ts";
import type { TradePartitionOptions } from "./trade-partition-options.ts";

/**
 * Carries one session through one lease: feeds it what happens, carries out what it asks, in order and in the same
 * turn, and brings the answers back as events. Decides nothing about trading.
 */
export class PartitionTrading {
  readonly #options: TradePartitionOptions;
  readonly #session: Session;
  readonly #records: PartitionRecorders;
  readonly #ledger: AccountLedger;
  readonly #outbound: OutboundOrders;
  readonly #cancels: Cancel[] = [];
  readonly #queue: Happening[] = [];
  readonly #whose: { readonly partition: PartitionId; readonly owner: PartitionOwner };
  readonly #bars = new BarsInStep();
  #raised: Promise<unknown> = Promise.resolve();
  #busy = false;
  #over = false;
  #timer: Cancel | undefined;
  readonly #evidence = new Map<string, ActionEvidence>();

  constructor(options: TradePartitionOptions) {
    const { config, orders, venue, clock } = options;
    this.#options = options;
    const owner = { venue: config.venue, account: config.account, strategy: config.strategy };
    this.#whose = { partition: config.partition, owner };
    this.#session = createSession(config);
    this.#ledger = new AccountLedger(new Map(config.instruments.map((one) => [one.id, one])));
    const refused = (call: string, reason: string) => this.happen({ kind: "call-failed", call, reason });
    this.#records = new PartitionRecorders(options, this.#whose, refused);
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
    if (permit !== undefined) this.takePermit(permit);
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
    this.#ledger.armed(armedSince(permit.state, this.#options.config));
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
    await this.#records.drained();
  }

  close(): void {
    this.#over = true;
    this.#records.denials.close();
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
        this.#records.book.yieldTo(this.#outbound.commit(command));
        return;
      case "record-denials":
        this.#records.denials.record(command.token, command.decisions);
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
        this.#records.book.record(command);
        return;
      case "acknowledge-level":
        onAcknowledge(command);
        return;
      case "raise-level":
        this.#raised = Promise.all([this.#raised, raiseLevel(this.#options, command)]);
        return;
      case "record-certificate":
        this.#answer(command.kind, orders.recordCertificate(partition, this.#options.worker, command.certificate));
        return;
      case "refresh-dead-man":
        this.#answer(command.kind, setDeadMan(venue, config, command.timeoutMs), () =>
          this.happen({ kind: "dead-man-armed", until: this.#options.clock.monotonic() + command.timeoutMs }),
        );
        return;
      case "disarm-dead-man":
        this.#answer(command.kind, setDeadMan(venue, config, 0));
        return;
      case "report-progress":
        this.#answer(command.kind, this.#tell(command.evidence));
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
    const { venue } = this.#options;
    const stored = await loadPast(this.#whose, this.#options, () => this.#over);
    if (stored === undefined || this.#over) return;
    if (stored.equity !== undefined) this.#ledger.restore(stored.equity);
    this.#outbound.restore(stored);
    this.happen({ kind: "partition-loaded", stored });
    // Only now: a report of an order that the last holder sent would meet a book that does not know it yet. What
    // was reported before is in the first snapshot, which is asked for after this.
    if (!this.#over) this.#cancels.push(venue.onEvent((event) => this.happen(event)));
  }

  #query(command: Extract<Command, { kind: "query-order" }>): void {
    const { request, id } = command;
    this.#answer(command.kind, this.#options.venue.order(id), (found) =>
      this.happen(
        found === undefined ? { kind: "order-unknown", request, id } : { kind: "order-found", request, ...found },
      ),
    );
  }

  #snapshot(command: Extract<Command, { kind: "request-snapshot" }>): void {
    const { request, fillCursor } = command;
    const look = lookAtAccount(this.#options, this.#whose, fillCursor, (others) => this.#ledger.takeOthers(others));
    this.#answer(command.kind, look, ({ snapshot, skewMs }) => {
      this.happen({ kind: "venue-time", wall: this.#options.clock.now() - skewMs });
      this.#tellAccount();
      this.happen({ kind: "snapshot-taken", request, snapshot });
      // After the session has booked the fills that the snapshot brought: cash and positions are of one moment then.
      this.#ledger.takeCash(snapshot.cash, this.#session.view.positions);
      this.#tellAccount();
      this.#recordEquity();
    });
  }

  #tellAccount(): void {
    const view = this.#ledger.view(this.#session.view.positions, this.#options.clock.now());
    if (view !== undefined) this.happen({ kind: "account-read", view });
  }

  /** A flatten is done when its block stands where everybody reads it, or in the latches while that is away. */
  async #tell(evidence: ActionEvidence): Promise<void> {
    if (evidence.action === "flatten" && evidence.phase === "done") await this.#raised;
    this.#evidence.set(evidence.request, evidence);
    await this.#options.orders.recordProgress(this.#whose.partition, evidence);
  }

  #recordEquity(): void {
    const { partition, owner } = this.#whose;
    const marks = this.#ledger.unrecorded;
    const token = this.#session.authority.lease?.token;
    if (marks === undefined || token === undefined) return;
    const recording = this.#options.orders.recordEquity(partition, owner, token, marks);
    this.#answer("record-equity", recording, () => this.#ledger.recorded(marks));
  }

  /**
   * Brings an answer back. An outage is no answer: the session asks again by itself. What failed otherwise is told to
   * the session, which blocks: a worker that ended over it would leave its resting orders without anyone.
   */
  #answer<T>(call: string, promise: Promise<T>, then: (value: T) => void = () => {}): void {
    promise.then(then, (error: unknown) => {
      const reason = messageOf(error);
      this.#options.log.warn("no answer", { call, error: reason });
      if (!(error instanceof OutageError)) this.happen({ kind: "call-failed", call, reason });
    });
  }

  #released(commands: readonly Command[]): void {
    const handedOver = commands.find((command) => command.kind === "release-lease");
    if (handedOver === undefined) this.#records.book.abandon();
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
