import type { Cancel, Clock } from "../../core/clock.ts";
import { OperatorError, OutageError } from "../../core/errors.ts";
import { accept, type Result, refuse } from "../../core/result.ts";
import type {
  DeadMansSwitchRules,
  LastGate,
  OutgoingOrder,
  OwnerSelection,
  Venue,
  VenueEvent,
} from "../../ports/venue.ts";
import { type Instrument, type InstrumentId, type Lots, lots, type StrategyId } from "../../trading/instrument.ts";
import type { ClientOrderId } from "../../trading/order.ts";
import type { VenueOrder, VenueSnapshot } from "../../trading/snapshot.ts";
import { asked, isKind, reportOf } from "./ccxt-answers.ts";
import { CcxtFills } from "./ccxt-fills.ts";
import { exchangeOrderOf, venueOrderOf, wholeLots } from "./ccxt-translation.ts";
import { CcxtEgress, type ExchangeLink } from "./egress-ccxt.ts";
import { EXCHANGES, type ExchangeProfile } from "./exchange-table.ts";

/** How often a snapshot is begun again when the account changes under it. */
const SNAPSHOT_ROUNDS = 5;

export interface CcxtVenueOptions extends Omit<ExchangeLink, "placesOrders"> {
  readonly clock: Clock;
  /** What is traded, by the exchange's unified symbol: `BTC/USDT:USDT`. */
  readonly symbols: ReadonlyMap<string, Instrument>;
  /** Whose order an id names, for withdrawing a strategy's orders; undefined for orders that are not ours. */
  readonly strategyOf: (id: ClientOrderId) => StrategyId | undefined;
  /** How often the exchange is asked what has happened, milliseconds. */
  readonly pollMs: number;
}

/** One account at an exchange, through ccxt. */
export class CcxtVenue implements Venue {
  readonly name: string;
  readonly inFlightMs: number;
  readonly deadMansSwitch: DeadMansSwitchRules;
  readonly #options: CcxtVenueOptions;
  readonly #profile: ExchangeProfile;
  readonly #egress: CcxtEgress;
  readonly #fills: CcxtFills;
  readonly #listeners = new Set<(event: VenueEvent) => void>();
  /** Orders that left and are not known to have ended, and whether the exchange has confirmed them. */
  readonly #tracked = new Map<ClientOrderId, { readonly symbol: string; accepted: boolean }>();
  #cursor: string | undefined;
  #connected = false;
  #closed = false;
  #next: Cancel | undefined;

  private constructor(options: CcxtVenueOptions, profile: ExchangeProfile, egress: CcxtEgress) {
    this.#options = options;
    this.#profile = profile;
    this.#egress = egress;
    this.name = options.exchange;
    this.inFlightMs = options.timeoutMs;
    this.deadMansSwitch = profile.deadMansSwitch;
    this.#fills = new CcxtFills(egress.requests, options.symbols, profile.fillsAtOnce);
  }

  /**
   * Connects by itself, and again. Throws an OperatorError when the exchange is not one that may be traded, or trades in
   * other steps than the instruments say.
   */
  static async open(options: CcxtVenueOptions): Promise<CcxtVenue> {
    const profile = EXCHANGES.get(options.exchange);
    if (profile === undefined) {
      throw new OperatorError(`${options.exchange} cannot be traded.`, {
        exit: "configuration",
        code: "EXCHANGE_UNSUPPORTED",
        expected: [...EXCHANGES.keys()].join(", "),
        found: options.exchange,
      });
    }
    const egress = await CcxtEgress.open({ ...options, placesOrders: profile.placesOrders });
    const venue = new CcxtVenue(options, profile, egress);
    try {
      await venue.#prepare();
    } catch (error) {
      if (!(error instanceof OutageError)) {
        venue.close();
        throw error;
      }
    }
    void venue.#look();
    return venue;
  }

  /** Orders that left towards the exchange (RC-45). */
  get ordersSent(): number {
    return this.#egress.orders;
  }

  submit({ id, terms, departure }: OutgoingOrder, gate: LastGate): Result<true, { readonly code: string }> {
    if (!this.#connected) return refuse({ code: "VENUE_DISCONNECTED" });
    const symbol = this.#symbolOf(terms.instrument);
    const instrument = symbol === undefined ? undefined : this.#options.symbols.get(symbol);
    const { types, times } = this.#profile.capabilities;
    if (symbol === undefined || instrument === undefined) return refuse({ code: "INSTRUMENT_UNKNOWN" });
    const order = exchangeOrderOf(id, terms, instrument, symbol);
    if (order === undefined || !types.includes(terms.type) || !times.includes(terms.timeInForce)) {
      return refuse({ code: "ORDER_UNFIT" });
    }
    // Asked here so that a kill holds it back at once, and again at the socket, which is the one that counts.
    const verdict = gate(departure);
    if (!verdict.ok) return verdict;
    this.#tracked.set(id, { symbol, accepted: false });
    void this.#egress.order(order, departure, gate).then((sent) => {
      const report = reportOf(id, sent, this.#profile.alreadyThere);
      if (report.kind === "order-accepted") {
        this.#fills.learn(report.venueOrderId, id);
        this.#tracked.set(id, { symbol, accepted: true });
      } else if (report.kind !== "order-unanswered") this.#tracked.delete(id);
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
    for (const [symbol, traded] of this.#options.symbols) {
      if (instrument !== undefined && instrument !== traded.id) continue;
      const open = await this.#open(symbol, traded);
      const meant = open.filter(
        ({ clientOrderId }) => strategy === undefined || this.#options.strategyOf(clientOrderId) === strategy,
      );
      if (meant.length > 0 && meant.length === open.length) {
        await this.#ask(this.#egress.requests.cancelAllOrders(symbol));
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
    for (const symbol of this.#symbolsFor(id)) {
      const instrument = this.#options.symbols.get(symbol)!;
      const found = await this.#find(id, symbol);
      if (found === undefined) continue;
      const order = venueOrderOf(found, instrument);
      this.#fills.learn(order.venueOrderId, order.clientOrderId);
      const fills = order.filled > 0 ? await this.#ask(this.#fills.ofSymbol(symbol, found.timestamp ?? 0)) : [];
      return { order, fills: fills.filter((fill) => fill.order === id) };
    }
    return undefined;
  }

  async snapshot(fillCursor: string): Promise<VenueSnapshot> {
    let takenAt = await this.time();
    let read = await this.#ask(this.#fills.since(fillCursor, takenAt));
    for (let round = 0; round < SNAPSHOT_ROUNDS; round++) {
      const openOrders: VenueOrder[] = [];
      for (const [symbol, instrument] of this.#options.symbols)
        openOrders.push(...(await this.#open(symbol, instrument)));
      const positions = await this.#positions();
      // One moment: nothing was filled between the first look and the last.
      const later = await this.#ask(this.#fills.since(read.cursor, takenAt));
      const { fills } = read;
      read = { fills: [...fills, ...later.fills], cursor: later.cursor };
      if (later.fills.length === 0) return { takenAt, openOrders, positions, fills, fillCursor: later.cursor };
      takenAt = await this.time();
    }
    throw new OutageError(this.name, "the account does not hold still for a snapshot");
  }

  async time(): Promise<number> {
    const time = await this.#ask(this.#egress.requests.fetchTime());
    if (time === undefined) throw new OutageError(this.name, "no time in the answer");
    return time;
  }

  async deadMan({ instrument }: OwnerSelection, timeoutMs: number): Promise<void> {
    const markets = [...this.#options.symbols].flatMap(([symbol, traded]) => {
      const id = this.#egress.requests.markets?.[symbol]?.id;
      return id !== undefined && (instrument === undefined || instrument === traded.id) ? [id] : [];
    });
    if (markets.length === 0) throw new OutageError(this.name, "the markets are not known yet");
    await this.#ask(this.#profile.armDeadMan(this.#egress.requests, markets, timeoutMs));
  }

  onEvent(listener: (event: VenueEvent) => void): Cancel {
    this.#listeners.add(listener);
    if (this.#connected) listener({ kind: "venue-connected" });
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    this.#next?.();
    this.#egress.close();
  }

  /** Looks what has happened, for ever, one look after the other. */
  async #look(): Promise<void> {
    try {
      await this.#report(this.#cursor ?? (await this.#prepare()));
      this.#turn(true);
    } catch (error) {
      this.#turn(false);
      if (!(error instanceof OutageError)) throw error;
    }
    if (!this.#closed) this.#next = this.#options.clock.after(this.#options.pollMs, () => void this.#look());
  }

  /** What must be known before anything is sent. */
  async #prepare(): Promise<string> {
    await this.#ask(this.#egress.requests.loadMarkets());
    for (const [symbol, instrument] of this.#options.symbols) this.#checkSteps(symbol, instrument);
    // What came before the first connection is the business of the first snapshot.
    this.#cursor = CcxtFills.cursorAt(await this.time());
    return this.#cursor;
  }

  async #report(cursor: string): Promise<void> {
    const due = [...this.#tracked].filter(([, { accepted }]) => accepted);
    const read = await this.#ask(this.#fills.since(cursor, Number(cursor.split("~")[0])));
    this.#cursor = read.cursor;
    for (const fill of read.fills) this.#emit({ kind: "order-filled", fill });
    const open = new Set<ClientOrderId>();
    for (const symbol of new Set(due.map(([, { symbol }]) => symbol))) {
      for (const order of await this.#open(symbol, this.#options.symbols.get(symbol)!)) open.add(order.clientOrderId);
    }
    for (const [id] of due) {
      const found = open.has(id) || !this.#tracked.has(id) ? undefined : await this.order(id);
      if (found !== undefined && found.order.state !== "open") this.#ended(id, found.order);
    }
  }

  #ended(id: ClientOrderId, { state, filled }: VenueOrder): void {
    if (!this.#tracked.delete(id)) return;
    if (state === "canceled") this.#emit({ kind: "order-canceled", id, filled });
    else if (state === "expired" || state === "rejected") this.#emit({ kind: "order-expired", id, filled });
  }

  async #cancel(id: ClientOrderId): Promise<void> {
    for (const symbol of this.#symbolsFor(id)) if (await this.#withdraw(id, symbol)) return;
    const found = await this.order(id);
    if (found === undefined) this.#emit({ kind: "cancel-rejected", id, reason: "unknown" });
    else if (found.order.state === "canceled") this.#emit({ kind: "order-canceled", id, filled: found.order.filled });
    else this.#emit({ kind: "cancel-rejected", id, reason: found.order.state });
  }

  /** False when the exchange has no such order open. */
  async #withdraw(id: ClientOrderId, symbol: string): Promise<boolean> {
    try {
      const order = await this.#egress.requests.cancelOrder("", symbol, { clientOrderId: id });
      this.#tracked.delete(id);
      const filled = wholeLots(this.#options.symbols.get(symbol)!, order.filled);
      this.#emit({ kind: "order-canceled", id, filled });
      return true;
    } catch (error) {
      if (isKind(error, "OrderNotFound")) return false;
      return await this.#ask(Promise.reject(error));
    }
  }

  async #find(id: ClientOrderId, symbol: string) {
    try {
      return await this.#egress.requests.fetchOrder("", symbol, { clientOrderId: id });
    } catch (error) {
      if (isKind(error, "OrderNotFound")) return undefined;
      return await this.#ask(Promise.reject(error));
    }
  }

  async #open(symbol: string, instrument: Instrument): Promise<VenueOrder[]> {
    const orders = this.#egress.requests.fetchOpenOrders(symbol);
    return await this.#ask(orders.then((found) => found.map((order) => venueOrderOf(order, instrument))));
  }

  async #positions(): Promise<ReadonlyMap<InstrumentId, Lots>> {
    const held = await this.#ask(this.#egress.requests.fetchPositions([...this.#options.symbols.keys()]));
    const positions = new Map<InstrumentId, Lots>();
    for (const { symbol, contracts, side } of held) {
      const instrument = this.#options.symbols.get(symbol ?? "");
      if (instrument === undefined || contracts === undefined || contracts === 0) continue;
      const size = wholeLots(instrument, contracts);
      const signed = lots((positions.get(instrument.id) ?? 0) + (side === "short" ? -size : size));
      positions.set(instrument.id, signed);
    }
    return positions;
  }

  /** Our steps must be the exchange's, or orders would be rounded on their way. */
  #checkSteps(symbol: string, { id, tickSize, lotSize }: Instrument): void {
    const market = this.#egress.requests.markets?.[symbol];
    const found =
      market && `tick ${market.precision.price}, lot ${market.precision.amount}, ${market.linear ? "" : "not "}linear`;
    const expected = `tick ${Number(tickSize)}, lot ${Number(lotSize)}, linear`;
    if (found === expected) return;
    throw new OperatorError(`${id} is not what ${this.name} trades as ${symbol}.`, {
      exit: "configuration",
      code: "INSTRUMENT_MISMATCH",
      expected,
      found: found ?? "no such market",
    });
  }

  #symbolsFor(id: ClientOrderId): readonly string[] {
    const tracked = this.#tracked.get(id);
    return tracked ? [tracked.symbol] : [...this.#options.symbols.keys()];
  }

  #symbolOf(id: InstrumentId): string | undefined {
    for (const [symbol, instrument] of this.#options.symbols) if (instrument.id === id) return symbol;
    return undefined;
  }

  #ask<T>(request: Promise<T>): Promise<T> {
    return asked(this.name, request);
  }

  #turn(connected: boolean): void {
    if (connected === this.#connected || this.#closed) return;
    this.#connected = connected;
    this.#emit({ kind: connected ? "venue-connected" : "venue-disconnected" });
  }

  #emit(event: VenueEvent): void {
    if (!this.#closed) for (const listener of this.#listeners) listener(event);
  }
}
