import type { Order, Trade } from "ccxt";
import { type Cancel, type Clock, sleep } from "../../core/clock.ts";
import { messageOf, OutageError } from "../../core/errors.ts";
import type { Log } from "../../ports/log.ts";
import type { VenueEvent } from "../../ports/venue.ts";
import type { ClientOrderId } from "../../trading/order.ts";
import type { VenueOrder } from "../../trading/snapshot.ts";
import type { CcxtAccount } from "./ccxt-account.ts";
import { CcxtFills } from "./ccxt-fills.ts";
import type { CcxtMarkets } from "./ccxt-markets.ts";
import { venueOrderOf } from "./ccxt-translation.ts";
import type { CcxtEgress } from "./egress-ccxt.ts";

/** With the exchange's own reports coming in, looking is only for what they may have left out. */
const CALM_POLLS = 10;
/** How many polls at most lie between two tries to get a stream. */
const MOST_PAUSES = 60;

export interface CcxtReportsOptions {
  readonly egress: CcxtEgress;
  readonly markets: CcxtMarkets;
  readonly account: CcxtAccount;
  readonly clock: Clock;
  /** How often the exchange is asked what has happened while it does not say so itself, milliseconds. */
  readonly pollMs: number;
  readonly tell: (event: VenueEvent) => void;
  readonly log: Log | undefined;
}

/**
 * What happens to the account, from two sources at once: the exchange's own stream, which is quick and may break, and
 * looks at the account, which are slow and complete. A report may come from both, late and out of order: whoever
 * listens applies fills by their ids and ends an order once.
 */
export class CcxtReports {
  readonly #options: CcxtReportsOptions;
  readonly #stopping = new AbortController();
  /** Orders that left and are not known to have ended, and whether the exchange has confirmed them. */
  readonly #tracked = new Map<ClientOrderId, { readonly symbol: string; accepted: boolean }>();
  #cursor: string | undefined;
  #connected = false;
  #streams = false;
  #looking = false;
  #again = false;
  #next: Cancel | undefined;

  constructor(options: CcxtReportsOptions) {
    this.#options = options;
  }

  /** Whether the exchange answered when it was last asked. */
  get connected(): boolean {
    return this.#connected;
  }

  start(): void {
    this.#options.egress.onStreamOpen(() => {
      this.#streams = true;
      // What was reported before is found by looking.
      this.look();
    });
    this.look();
    void this.#follow();
  }

  stop(): void {
    this.#stopping.abort();
    this.#next?.();
  }

  /** An order is about to leave. */
  track(id: ClientOrderId, symbol: string): void {
    this.#tracked.set(id, { symbol, accepted: false });
  }

  confirmed(id: ClientOrderId): void {
    const tracked = this.#tracked.get(id);
    if (tracked !== undefined) tracked.accepted = true;
  }

  /** It is known to have ended, or never to have arrived. */
  forget(id: ClientOrderId): boolean {
    return this.#tracked.delete(id);
  }

  /** Where an order was sent to, or everywhere. */
  symbolsFor(id: ClientOrderId): readonly string[] {
    const tracked = this.#tracked.get(id);
    return tracked ? [tracked.symbol] : this.#options.markets.symbols;
  }

  /** Looks now what has happened, and again as time goes by. One look after the other. */
  look(): void {
    this.#again = true;
    if (this.#looking) return;
    this.#looking = true;
    this.#next?.();
    void this.#lookAll().finally(() => {
      this.#looking = false;
    });
  }

  async #lookAll(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        await this.#lookOnce(this.#cursor ?? (await this.#begin()));
        this.#turn(true);
      } catch (error) {
        this.#turn(false);
        if (!(error instanceof OutageError)) throw error;
      }
    }
    if (this.#stopped) return;
    const { clock, pollMs } = this.#options;
    const calm = this.#streams && this.#connected;
    this.#next = clock.after(calm ? CALM_POLLS * pollMs : pollMs, () => this.look());
  }

  /** What came before the first connection is the business of the first snapshot. */
  async #begin(): Promise<string> {
    const { account, markets } = this.#options;
    const cursor = CcxtFills.cursorAt(await account.time());
    markets.check();
    this.#cursor = cursor;
    return cursor;
  }

  async #lookOnce(cursor: string): Promise<void> {
    const { account, markets, tell } = this.#options;
    const due = [...this.#tracked].filter(([, { accepted }]) => accepted);
    const read = await account.fills.since(cursor, Number(cursor.split("~")[0]));
    this.#cursor = read.cursor;
    for (const fill of read.fills) tell({ kind: "order-filled", fill });
    const open = new Set<ClientOrderId>();
    for (const symbol of new Set(due.map(([, { symbol }]) => symbol))) {
      const instrument = markets.instrument(symbol);
      if (instrument === undefined) continue;
      for (const order of await account.open(symbol, instrument)) open.add(order.clientOrderId);
    }
    for (const [id, { symbol }] of due) {
      const found = open.has(id) || !this.#tracked.has(id) ? undefined : await account.order(id, symbol);
      if (found !== undefined && found.order.state !== "open") this.#ended(found.order);
    }
  }

  /** Follows the exchange's own reports, and begins anew when they break. Without them there are the looks. */
  async #follow(): Promise<void> {
    const { clock, egress, log, pollMs } = this.#options;
    const { signal } = this.#stopping;
    let pauseMs = pollMs;
    while (!this.#stopped) {
      let over = false;
      const each = async <T>(next: () => Promise<readonly T[]>, take: (one: T) => Promise<void>) => {
        while (!over && !this.#stopped) for (const one of await next()) await take(one);
      };
      await Promise.all([
        each(
          () => egress.nextOrders(),
          async (order) => this.#ordered(order),
        ),
        each(
          () => egress.nextTrades(),
          (trade) => this.#traded(trade),
        ),
      ]).catch((error: unknown) => {
        // Whatever it is that broke: a look says how things are, and the next stream may hold.
        const standing = this.#streams ? "broke" : "cannot be had";
        if (!this.#stopped) log?.warn(`the exchange's stream ${standing}`, { error: messageOf(error) });
      });
      over = true;
      // One that stood before it broke is tried again at once, one that cannot be had less and less often.
      pauseMs = this.#streams ? pollMs : Math.min(2 * pauseMs, MOST_PAUSES * pollMs);
      this.#streams = false;
      if (this.#stopped) return;
      egress.forgetStream();
      this.look();
      await sleep(clock, pauseMs, signal);
    }
  }

  #ordered(order: Order): void {
    const { account, markets, tell } = this.#options;
    const instrument = markets.instrument(order.symbol);
    if (instrument === undefined) return;
    const reported = venueOrderOf(order, instrument);
    const { clientOrderId: id, venueOrderId } = reported;
    account.fills.learn(venueOrderId, id);
    if (reported.state !== "open") this.#ended(reported);
    else if (reported.filled === 0) tell({ kind: "order-accepted", id, venueOrderId });
  }

  async #traded(trade: Trade): Promise<void> {
    for (const fill of await this.#options.account.fills.of(trade)) this.#options.tell({ kind: "order-filled", fill });
  }

  #ended({ clientOrderId: id, state, filled }: VenueOrder): void {
    this.#tracked.delete(id);
    if (state === "canceled") this.#options.tell({ kind: "order-canceled", id, filled });
    else if (state === "expired" || state === "rejected") this.#options.tell({ kind: "order-expired", id, filled });
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #turn(connected: boolean): void {
    if (connected === this.#connected || this.#stopped) return;
    this.#connected = connected;
    this.#options.tell({ kind: connected ? "venue-connected" : "venue-disconnected" });
  }
}
