import type { Cancel, Clock } from "../../core/clock.ts";
import { OutageError } from "../../core/errors.ts";
import { accept, type Result, refuse } from "../../core/result.ts";
import type { Log } from "../../ports/log.ts";
import type {
  DeadMansSwitchRules,
  LastGate,
  OutgoingOrder,
  OwnerSelection,
  Venue,
  VenueEvent,
} from "../../ports/venue.ts";
import type { Instrument, StrategyId } from "../../trading/instrument.ts";
import type { ClientOrderId } from "../../trading/order.ts";
import type { VenueSnapshot } from "../../trading/snapshot.ts";
import { CcxtAccount } from "./ccxt-account.ts";
import { isKind, reportOf } from "./ccxt-answers.ts";
import { CcxtMarkets } from "./ccxt-markets.ts";
import { CcxtReports } from "./ccxt-reports.ts";
import { exchangeOrderOf, wholeLots } from "./ccxt-translation.ts";
import type { CcxtEgress } from "./egress-ccxt.ts";

export interface CcxtVenueOptions {
  /** The connection, which is closed with the venue. */
  readonly egress: CcxtEgress;
  readonly clock: Clock;
  /** What is traded, by the exchange's unified symbol: `BTC/USDT:USDT`. */
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** Whose order an id names, for withdrawing a strategy's orders; undefined for orders that are not ours. */
  readonly strategyOf: (id: ClientOrderId) => StrategyId | undefined;
  /** How often the exchange is asked what has happened while it does not say so itself, milliseconds. */
  readonly pollMs: number;
  /** Hears when the exchange's own reports break off. */
  readonly log?: Log;
}

/** One account at an exchange, through ccxt. Nothing is asked before somebody asks or listens. */
export class CcxtVenue implements Venue {
  readonly name: string;
  readonly inFlightMs: number;
  readonly deadMansSwitch: DeadMansSwitchRules;
  readonly #options: CcxtVenueOptions;
  readonly #egress: CcxtEgress;
  readonly #markets: CcxtMarkets;
  readonly #account: CcxtAccount;
  readonly #reports: CcxtReports;
  readonly #listeners = new Set<(event: VenueEvent) => void>();
  #closed = false;

  constructor(options: CcxtVenueOptions) {
    const { egress, clock, pollMs, log } = options;
    this.#options = options;
    this.#egress = egress;
    this.name = egress.link.exchange;
    this.inFlightMs = egress.link.timeoutMs;
    this.deadMansSwitch = egress.profile.deadMansSwitch;
    this.#markets = new CcxtMarkets(egress, options.instruments);
    this.#account = new CcxtAccount(egress, this.#markets);
    this.#reports = new CcxtReports({
      egress,
      markets: this.#markets,
      account: this.#account,
      clock,
      pollMs,
      log,
      tell: (event) => this.#emit(event),
    });
  }

  /**
   * Meets the exchange. Throws an OperatorError when it trades in other steps than the instruments say; an exchange
   * that does not answer is met when it does.
   */
  async meet(): Promise<void> {
    try {
      await this.time();
    } catch (error) {
      if (error instanceof OutageError) return;
      throw error;
    }
    this.#markets.check();
  }

  /** Orders that left towards the exchange (RC-45). */
  get ordersSent(): number {
    return this.#egress.orders;
  }

  submit({ id, terms, departure }: OutgoingOrder, gate: LastGate): Result<true, { readonly code: string }> {
    if (!this.#reports.connected) return refuse({ code: "VENUE_DISCONNECTED" });
    const symbol = this.#markets.symbolOf(terms.instrument);
    const instrument = this.#markets.instrument(symbol);
    const { types, times } = this.#egress.profile.capabilities;
    if (symbol === undefined || instrument === undefined) return refuse({ code: "INSTRUMENT_UNKNOWN" });
    const order = exchangeOrderOf(id, terms, instrument, symbol);
    if (order === undefined || !types.includes(terms.type) || !times.includes(terms.timeInForce)) {
      return refuse({ code: "ORDER_UNFIT" });
    }
    // The gate is asked once, at the socket: what passes it counts as departed.
    this.#reports.track(id, symbol);
    void this.#egress.order(order, departure, gate).then((sent) => {
      const report = reportOf(id, sent, this.#egress.profile.alreadyThere);
      if (report.kind === "order-accepted") {
        this.#account.fills.learn(report.venueOrderId, id);
        this.#reports.confirmed(id);
      } else if (report.kind !== "order-unanswered") this.#reports.forget(id);
      this.#emit(report);
    });
    return accept(true);
  }

  cancel(id: ClientOrderId): void {
    void this.#cancel(id).catch((error: unknown) => {
      // No answer proves nothing: whoever asked asks again, or looks at a snapshot.
      if (!(error instanceof OutageError)) throw error;
    });
  }

  async cancelAll({ strategy, instrument }: OwnerSelection): Promise<readonly string[]> {
    const canceled: string[] = [];
    for (const [symbol, traded] of this.#markets.entries) {
      if (instrument !== undefined && instrument !== traded.id) continue;
      const open = await this.#account.open(symbol, traded);
      const meant = open.filter(
        ({ clientOrderId }) => strategy === undefined || this.#options.strategyOf(clientOrderId) === strategy,
      );
      if (meant.length > 0 && meant.length === open.length) {
        await this.#egress.askAtOnce((exchange) => exchange.cancelAllOrders(symbol));
        canceled.push(...meant.map((order) => order.clientOrderId));
      } else {
        for (const { clientOrderId } of meant) {
          if (await this.#withdraw(clientOrderId, symbol)) canceled.push(clientOrderId);
        }
      }
    }
    return canceled;
  }

  async order(id: ClientOrderId) {
    for (const symbol of this.#reports.symbolsFor(id)) {
      const found = await this.#account.order(id, symbol);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  snapshot(fillCursor: string): Promise<VenueSnapshot> {
    return this.#account.snapshot(fillCursor);
  }

  time(): Promise<number> {
    return this.#account.time();
  }

  /** The switch is the exchange's, one for each market of the account: what else rests there is under it too. */
  async deadMan({ instrument }: OwnerSelection, timeoutMs: number): Promise<void> {
    const { armDeadMan } = this.#egress.profile;
    await this.#egress.askAtOnce((exchange) => armDeadMan(exchange, this.#markets.ids(instrument), timeoutMs));
  }

  onEvent(listener: (event: VenueEvent) => void): Cancel {
    if (this.#listeners.size === 0 && !this.#closed) this.#reports.start();
    this.#listeners.add(listener);
    if (this.#reports.connected) listener({ kind: "venue-connected" });
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    this.#reports.stop();
    this.#egress.close();
  }

  async #cancel(id: ClientOrderId): Promise<void> {
    for (const symbol of this.#reports.symbolsFor(id)) if (await this.#withdraw(id, symbol)) return;
    const found = await this.order(id);
    if (found === undefined) this.#emit({ kind: "cancel-rejected", id, reason: "unknown" });
    else if (found.order.state === "canceled") this.#emit({ kind: "order-canceled", id, filled: found.order.filled });
    else this.#emit({ kind: "cancel-rejected", id, reason: found.order.state });
  }

  /** False when the exchange has no such order open. */
  async #withdraw(id: ClientOrderId, symbol: string): Promise<boolean> {
    const order = await this.#egress.askAtOnce((exchange) =>
      exchange.cancelOrder("", symbol, { clientOrderId: id }).catch((error: unknown) => {
        if (isKind(error, "OrderNotFound")) return undefined;
        throw error;
      }),
    );
    const instrument = this.#markets.instrument(symbol);
    if (order === undefined || instrument === undefined) return false;
    this.#reports.forget(id);
    this.#emit({ kind: "order-canceled", id, filled: wholeLots(instrument, order.filled) });
    return true;
  }

  #emit(event: VenueEvent): void {
    if (!this.#closed) for (const listener of this.#listeners) listener(event);
  }
}
