import type { Instant } from "../trading/instant.ts";
import { leaseAllows } from "../trading/lease.ts";
import type { Level } from "../trading/level.ts";
import type { Scope } from "../trading/scope.ts";
import { Book } from "./book.ts";
import type { Command } from "./commands.ts";
import { CommitQueue } from "./commit-queue.ts";
import { Desk, type DeskStanding } from "./desk.ts";
import { Holdings } from "./holdings.ts";
import { Inquiries } from "./inquiries.ts";
import { Market } from "./market.ts";
import { Reconciler } from "./reconciler.ts";
import { DEFAULT_TIMING, type SessionConfig, type SessionTiming } from "./session-config.ts";

export type Phase = "idle" | "loading" | "reconciling" | "trading" | "draining" | "released";

/** What all parts of one session share: its state, the event's time, and the commands that the step has gathered so far. */
export class SessionCore {
  readonly config: SessionConfig;
  readonly timing: SessionTiming;
  readonly holdings = new Holdings();
  readonly book = new Book();
  readonly market: Market;
  readonly desk: Desk;
  readonly inquiries: Inquiries;
  readonly reconciler: Reconciler;
  readonly commits: CommitQueue;
  readonly #stops = new Set<string>();
  #commands: Command[] = [];
  now: Instant = { mono: 0, wall: 0 };
  phase: Phase = "idle";
  connected = false;
  /** Sequence of the last order handed to the egress, how many were, and how many intents were committed. */
  lastSent = 0;
  departed = 0;
  intended = 0;
  /** Asks for snapshots at the pace of a proof instead of the ordinary one. */
  urgent = false;

  constructor(config: SessionConfig) {
    this.config = config;
    this.timing = { ...DEFAULT_TIMING, ...config.timing };
    this.market = new Market(config.instruments);
    this.desk = new Desk(config, this.book, this.market, this.holdings);
    this.inquiries = new Inquiries(this.timing);
    this.reconciler = new Reconciler(config, this.timing);
    this.commits = new CommitQueue(this.timing.commitRetryMs);
  }

  get token(): number {
    return this.holdings.lease?.token ?? 0;
  }

  /** Whether the partition is surely still ours: otherwise a successor may be at work, and nothing is concluded or claimed. */
  get isHolder(): boolean {
    const { lease } = this.holdings;
    return lease !== undefined && leaseAllows(lease, this.now.mono);
  }

  /** The scope that this partition stops itself in when something is wrong. */
  get scope(): Scope {
    return `strategy:${this.config.strategy}`;
  }

  emit(command: Command): void {
    this.#commands.push(command);
  }

  takeCommands(): Command[] {
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  get standing(): DeskStanding {
    const { certifiedAt, driftLots } = this.reconciler;
    return {
      warm: this.config.trader.warm,
      certificateAgeMs: certifiedAt === undefined ? undefined : this.now.mono - certifiedAt,
      unresolved: this.unresolved,
      driftLots,
      departed: this.departed,
      intended: this.intended,
    };
  }

  get unresolved(): number {
    let count = 0;
    for (const entry of this.book.active.values()) if (entry.order.state === "unresolved") count += 1;
    return count;
  }

  /**
   * Raises the level of this partition's strategy, or of a narrower scope, here at once and at the authority as soon as it hears of it. The same
   * trigger under the same epoch is raised once.
   */
  stop(code: string, reason: string, scope: Scope = this.scope, level: Exclude<Level, "RUN"> = "BLOCK"): void {
    const id = `${this.config.partition}/${this.token}/${code}/${scope}/${this.holdings.state.epoch}`;
    if (this.#stops.has(id)) return;
    this.#stops.add(id);
    this.emit({ kind: "raise-level", id, scope, level, code, reason });
    this.emit({ kind: "alert", code, text: reason });
    this.holdings.takePush(scope, level, undefined);
  }
}
