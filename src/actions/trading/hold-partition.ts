import { type Cancel, sleep } from "../../core/clock.ts";
import { messageOf, OutageError } from "../../core/errors.ts";
import type { ActionEvidence } from "../../live/commands.ts";
import type { OperatorRequest } from "../../live/events.ts";
import type { SessionConfig } from "../../live/session-config.ts";
import type { GrantedLease, LeaseStore } from "../../ports/lease-store.ts";
import type { MarketData } from "../../ports/market-data.ts";
import { LEASE_LIFE_MS } from "../../trading/lease.ts";
import type { Permit } from "../../trading/permit.ts";
import type { LimitSet } from "../../trading/risk/limits.ts";
import type { Push } from "./keep-permit.ts";
import { PartitionTrading } from "./trade-partition.ts";
import type { TradePartitionOptions } from "./trade-partition-options.ts";

/** Between two tries to get a partition that another holds, and between two renewals of one's own. */
const TAKE_RETRY_MS = 500;
const RENEWAL_MS = LEASE_LIFE_MS / 6;
/** Bars of the past that a strategy is warmed up with: more than any needs. */
const HISTORY_BARS = 5_000;
/** Bars of the past that are taken in one turn. */
const BARS_A_TURN = 200;
/** How long an orderly hand-over may take before the lease is left to run out. */
const HAND_OVER_MS = 2_500;

export interface HoldPartitionOptions extends Omit<TradePartitionOptions, "onReleased" | "config"> {
  /** A session configuration with a trader that has seen nothing yet: one for each lease. */
  readonly freshConfig: () => SessionConfig;
  readonly leases: LeaseStore;
  readonly openMarketData: () => MarketData;
  /** Whether this worker may take one more partition now. */
  readonly mayTake: () => boolean;
  readonly permit: () => Permit | undefined;
}

/** Keeps a partition as long as it can get it: takes the lease, trades, renews, and begins anew after a loss. */
export class PartitionHolder {
  readonly #options: HoldPartitionOptions;
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;
  #trading: PartitionTrading | undefined;
  #token = 0;
  #engaged = false;
  #ordersSent = 0;
  #parting: "stop" | "drain" = "stop";

  constructor(options: HoldPartitionOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** The trading of the lease that is held now, if one is. */
  get trading(): PartitionTrading | undefined {
    return this.#trading;
  }

  /** Whether it holds the partition, or is about to. */
  get engaged(): boolean {
    return this.#engaged;
  }

  /** Orders that left over all leases. */
  get ordersSent(): number {
    return this.#ordersSent + (this.#trading?.ordersSent ?? 0);
  }

  takePermit(permit: Permit): void {
    this.#trading?.takePermit(permit);
  }

  takeLimits(limits: LimitSet): void {
    this.#trading?.takeLimits(limits);
  }

  takePush(push: Push): void {
    this.#trading?.takePush(push);
  }

  ask(request: OperatorRequest): ActionEvidence | undefined {
    return this.#trading?.ask(request);
  }

  /** Lets go of the partition in good order, for another worker to take (OL-09). */
  handOver(): void {
    // Of this lease alone: what another holder was asked, or this one before, is done and would not be taken up.
    this.#trading?.ask({ id: `hand-over:${this.#token}`, scope: "global", action: "drain" });
  }

  /** Hands over in good order: no new risk, everything resolved, the lease given back; after a `stop` the dead-man's switch is disarmed. */
  async close(parting: "stop" | "drain" = "stop"): Promise<void> {
    this.#parting = parting;
    this.#stopping.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const requestedAt = clock.monotonic();
        this.#engaged = this.#options.mayTake();
        const lease = this.#engaged ? await this.#take() : undefined;
        if (lease !== undefined) await this.#holdLease(lease, requestedAt);
      } catch (error) {
        if (!(error instanceof OutageError)) throw error;
        log.warn("the partition cannot be taken", { error: messageOf(error) });
      } finally {
        this.#engaged = false;
      }
      await sleep(clock, TAKE_RETRY_MS, signal);
    }
  }

  #take(): Promise<GrantedLease | undefined> {
    const { leases, worker } = this.#options;
    return leases.take(this.#options.freshConfig().partition, worker, LEASE_LIFE_MS);
  }

  async #holdLease(lease: GrantedLease, requestedAt: number): Promise<void> {
    const { clock, leases, log, worker, freshConfig, openMarketData, permit } = this.#options;
    const { partition, token } = lease;
    log.info("partition taken", { partition, token });
    const released = Promise.withResolvers<number | undefined>();
    const config = freshConfig();
    const trading = new PartitionTrading({ ...this.#options, config, onReleased: released.resolve });
    const marketData = openMarketData();
    this.#trading = trading;
    this.#token = token;
    const renewal = this.#keepRenewing(lease, trading);
    const stopped = () => {
      trading.ask({ id: `stop:${partition}:${token}`, scope: "global", action: this.#parting });
      clock.after(HAND_OVER_MS, () => released.resolve(undefined));
    };
    this.#stopping.signal.addEventListener("abort", stopped, { once: true });
    try {
      trading.start(lease, requestedAt, permit());
      if (this.#stopping.signal.aborted) stopped();
      await this.#follow(trading, marketData, config, released.promise);
      const givenBack = await released.promise;
      trading.close();
      if (givenBack !== undefined) {
        await trading.recorded();
        await leases.release(partition, worker, token);
      }
      log.info(givenBack === undefined ? "partition lost" : "partition handed over", { partition, token });
    } finally {
      this.#stopping.signal.removeEventListener("abort", stopped);
      renewal();
      trading.close();
      this.#ordersSent += trading.ordersSent;
      this.#trading = undefined;
      await marketData.close();
    }
  }

  /** Warms up with the past, then follows the market. Gives up when the lease ends before the market answers. */
  async #follow(
    trading: PartitionTrading,
    marketData: MarketData,
    { instruments }: SessionConfig,
    released: Promise<unknown>,
  ): Promise<void> {
    const ids = instruments.map(({ id }) => id);
    const begin = async () => {
      for (const id of ids) {
        const past = await marketData.history(id, HISTORY_BARS);
        for (const [index, bar] of past.entries()) {
          // A kill, or the renewal of a permit, must not wait for all of it.
          if (index % BARS_A_TURN === 0) await sleep(this.#options.clock, 0);
          trading.recall({ instrument: id, bar });
        }
      }
      await marketData.subscribe(ids, {
        onBar: (bar) => trading.takeBar(bar),
        onGap: () => this.#options.onAlert("FEED_GAP", `bars of ${ids.join(", ")} were missed`),
        onEnd: () => this.#options.log.info("the feed has ended"),
      });
    };
    await Promise.race([begin(), released]);
  }

  #keepRenewing({ partition, token }: GrantedLease, trading: PartitionTrading): Cancel {
    const { clock, leases, log, worker } = this.#options;
    let timer: Cancel | undefined;
    let over = false;
    const renew = async () => {
      const requestedAt = clock.monotonic();
      try {
        const lease = await leases.renew(partition, worker, token, LEASE_LIFE_MS);
        if (over) return;
        if (lease === undefined) {
          trading.leaseLost();
          return;
        }
        trading.renewed(lease, requestedAt);
        if (lease.drain) trading.ask({ id: `drain:${partition}:${token}`, scope: "global", action: "drain" });
      } catch (error) {
        if (!(error instanceof OutageError)) throw error;
        log.warn("the lease cannot be renewed", { partition, error: messageOf(error) });
      }
      if (!over) timer = clock.after(RENEWAL_MS, () => void renew());
    };
    timer = clock.after(RENEWAL_MS, () => void renew());
    return () => {
      over = true;
      timer?.();
    };
  }
}
