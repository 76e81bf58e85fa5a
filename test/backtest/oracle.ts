// The engine's rules once more, written for the reader: plain objects, every bar looked at, every sum made afresh.
// It shares no code with the engine except the terms of the models, so that the two can be compared.
import type { BacktestSpec } from "../../src/backtest/spec.ts";
import type {
  Broker,
  InstrumentBroker,
  OpenTrade,
  OrderId,
  OrderRequest,
  PositionView,
  WaitingOrder,
} from "../../src/strategy/broker.ts";
import type { Bar } from "../../src/trading/bar.ts";
import { commissionFee, financingDue, slippedPrice } from "./oracle-costs.ts";

export interface OracleMarketData {
  readonly symbol: string;
  readonly bars: readonly Bar[];
  readonly finer?: readonly Bar[];
}

export interface OracleTrade {
  symbol: string;
  entryBar: number;
  exitBar: number;
  entryPrice: number;
  exitPrice: number;
  size: number;
  pnl: number;
  commission: number;
  financing: number;
  exitReason: string;
  tag: string | undefined;
}

export interface OracleResult {
  readonly trades: OracleTrade[];
  readonly open: { symbol: string; entryBar: number; entryPrice: number; size: number; sl?: number; tp?: number }[];
  readonly equity: number[];
  readonly denials: { bar: number; symbol: string; code: string; side: string }[];
  readonly liquidations: number;
}

interface Order {
  id: number;
  kind: "entry" | "close" | "stop-loss" | "take-profit";
  buy: boolean;
  /** Whole lots; undefined while a relative size is not known. */
  lots: number | undefined;
  request: OrderRequest;
  limit: number | undefined;
  stop: number | undefined;
  trade: Lot | undefined;
  bar: number;
  activeBar: number;
  /** Cancelled: the first bar that cannot fill it any more. */
  endBar?: number;
  until: number | undefined;
  /** The calendar day on which a day order was first looked at. */
  day?: string;
  tag: string | undefined;
}

interface Lot {
  sign: 1 | -1;
  lots: number;
  entryPrice: number;
  entryBar: number;
  fee: number;
  financing: number;
  sl: number | undefined;
  tp: number | undefined;
  trail: number | undefined;
  trailFraction: number | undefined;
  /** Best price since entry; undefined until the entry bar's close when entered within the bar. */
  best: number | undefined;
  tag: string | undefined;
}

interface Moment {
  bar: number;
  time: number;
  open: number;
  high: number;
  low: number;
}

const calendars = new Map<string, Intl.DateTimeFormat>();

/** The date that calendars in a zone show. */
function dayIn(time: number, timeZone: string): string {
  const calendar = calendars.get(timeZone) ?? new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  calendars.set(timeZone, calendar);
  return calendar.format(time);
}

/** One run. `onBar` is called with the index of the step and the broker, as a strategy would be. */
export function runOracle(
  data: readonly OracleMarketData[],
  spec: BacktestSpec,
  onBar: (step: number, broker: Broker) => void,
): OracleResult {
  const run = new OracleRun(spec, data);
  return run.run(onBar);
}

class OracleRun {
  readonly spec: BacktestSpec;
  readonly books: Book[];
  cash: number;
  traded = 0;
  /** Parts of the fill under way, with what each was charged. */
  filled: { lots: number; price: number; fee: number }[] = [];
  lastId = 0;
  liquidations = 0;
  readonly trades: OracleTrade[] = [];
  readonly denials: OracleResult["denials"] = [];

  constructor(spec: BacktestSpec, data: readonly OracleMarketData[]) {
    this.spec = spec;
    this.cash = spec.cash ?? 10_000;
    this.books = data.map((one) => new Book(this, one));
  }

  run(onBar: (step: number, broker: Broker) => void): OracleResult {
    const times = [...new Set(this.books.flatMap(({ bars }) => bars.map(({ time }) => time)))].sort((a, b) => a - b);
    const equity: number[] = [];
    const [first] = this.books;
    const broker: Broker = Object.assign(first!.broker(), this.accountView());
    Object.defineProperties(broker, Object.getOwnPropertyDescriptors(this.accountView()));
    for (const [step, time] of times.entries()) {
      const fresh = this.books.filter((book) => book.bars[book.index + 1]?.time === time);
      for (const book of fresh) book.mark = book.bars[book.index + 1]!.open;
      for (const book of fresh) book.payFinancing(book.index + 1);
      for (const book of fresh) book.match(book.index + 1);
      for (const book of fresh) book.index += 1;
      this.markAtClose();
      const { maintenanceMargin } = this.spec;
      if (
        maintenanceMargin !== undefined &&
        this.exposure() > 0 &&
        this.equity() < maintenanceMargin * this.exposure()
      ) {
        this.liquidations += 1;
        for (const book of this.books) {
          book.queue = book.queue.filter(({ kind }) => kind !== "entry");
          book.closeAll("liquidation");
        }
      }
      equity.push(this.equity());
      if (this.equity() <= 0) {
        for (const book of this.books) book.closeAll("liquidation");
        this.cash = 0;
        return this.result([...equity.slice(0, -1), ...times.slice(step).map(() => 0)]);
      }
      if (this.books.every((book) => book.index >= 1)) onBar(step, broker);
    }
    if (this.spec.fill === "close") for (const book of this.books) book.matchAtClose(book.bars.length - 1);
    if (this.spec.finalize) for (const book of this.books) book.closeAll("end");
    this.markAtClose();
    equity[equity.length - 1] = this.equity();
    return this.result(equity);
  }

  result(equity: number[]): OracleResult {
    const open = this.books.flatMap((book) =>
      book.lots.map((lot) => ({
        symbol: book.symbol,
        entryBar: lot.entryBar,
        entryPrice: lot.entryPrice,
        size: lot.sign * lot.lots * book.lotSize,
        ...(lot.sl !== undefined && { sl: lot.sl }),
        ...(lot.tp !== undefined && { tp: lot.tp }),
      })),
    );
    return { trades: this.trades, open, equity, denials: this.denials, liquidations: this.liquidations };
  }

  equity(): number {
    return this.cash + sum(this.books.flatMap((book) => book.lots.map((lot) => book.profit(lot, book.mark))));
  }

  exposure(): number {
    return sum(this.books.flatMap((book) => book.lots.map((lot) => lot.lots * book.mark * book.lotValue)));
  }

  freeEquity(): number {
    return Math.max(0, this.equity() - this.exposure() / (this.spec.leverage ?? 1));
  }

  markAtClose(): void {
    for (const book of this.books) if (book.index >= 0) book.mark = book.bars[book.index]!.close;
  }

  accountView() {
    const run = this;
    return {
      get equity() {
        run.markAtClose();
        return run.equity();
      },
      get cash() {
        return run.cash;
      },
      get freeEquity() {
        run.markAtClose();
        return run.freeEquity();
      },
      on: (symbol: string): InstrumentBroker => run.books.find((book) => book.symbol === symbol)!.broker(),
    };
  }
}

class Book {
  readonly run: OracleRun;
  readonly symbol: string;
  readonly bars: readonly Bar[];
  readonly finer: readonly Bar[];
  readonly lotSize: number;
  readonly lotValue: number;
  index = -1;
  mark = Number.NaN;
  queue: Order[] = [];
  lots: Lot[] = [];
  /** Lots taken from each bar's volume so far. */
  readonly taken = new Map<number, number>();

  constructor(run: OracleRun, { symbol, bars, finer }: OracleMarketData) {
    this.run = run;
    this.symbol = symbol;
    this.bars = bars;
    this.finer = finer ?? [];
    const terms = run.spec.instruments?.[symbol];
    this.lotSize = terms?.lot ?? 1;
    this.lotValue = this.lotSize * (terms?.multiplier ?? 1);
  }

  profit(lot: Lot, price: number): number {
    return lot.sign * lot.lots * (price - lot.entryPrice) * this.lotValue;
  }

  payFinancing(bar: number): void {
    if (bar === 0) return;
    const before = this.bars[bar - 1]!;
    for (const lot of this.lots) {
      const value = lot.sign * lot.lots * before.close * this.lotValue;
      const due = financingDue(this.run.spec.financing, value, before.time, this.bars[bar]!.time);
      lot.financing += due;
      this.run.cash -= due;
    }
  }

  match(bar: number): void {
    if (this.run.spec.fill === "close" && bar > 0) this.matchAtClose(bar - 1);
    const whole = this.bars[bar]!;
    const end = this.bars[bar + 1]?.time ?? Infinity;
    const parts = this.finer.filter(({ time }) => time >= whole.time && time < end);
    this.mark = whole.open;
    for (const part of parts.length > 0 ? parts : [whole]) this.matchMoment({ ...part, bar });
    for (const lot of this.lots) this.follow(lot, whole);
  }

  /** Market orders whose bar this is fill at its close. */
  matchAtClose(bar: number): void {
    const { close, time } = this.bars[bar]!;
    this.mark = close;
    const moment = { bar, time, open: close, high: close, low: close };
    for (const order of [...this.queue]) {
      const atMarket = order.limit === undefined && order.stop === undefined;
      const mine = order.kind === "entry" || order.kind === "close";
      if (this.queue.includes(order) && atMarket && mine && order.activeBar - 1 <= bar && !this.ended(order, bar + 1))
        this.fill(order, close, false, moment, true);
    }
  }

  matchMoment(moment: Moment): void {
    const opened: Lot[] = [];
    for (const order of [...this.queue]) {
      if (!this.queue.includes(order) || order.activeBar > moment.bar) continue;
      const lot = this.look(order, moment);
      if (lot !== undefined) opened.push(lot);
    }
    // Brackets of trades entered at the open live in the same bar.
    for (const order of [...this.queue]) {
      if (this.queue.includes(order) && order.trade !== undefined && opened.includes(order.trade))
        this.look(order, moment);
    }
  }

  /** What a moment does to one order. Returns the trade it opened if its bracket lives in the same moment. */
  look(order: Order, moment: Moment): Lot | undefined {
    if (this.ended(order, moment.bar) || this.expired(order, moment.time)) {
      this.remove(order);
      return undefined;
    }
    const { open, high, low } = moment;
    const { buy, limit, stop } = order;
    const touches = (price: number) =>
      this.run.spec.limitFill === "through" ? (buy ? low < price : high > price) : buy ? low <= price : high >= price;
    const better = (a: number, b: number) => (buy ? Math.min(a, b) : Math.max(a, b));
    const worse = (a: number, b: number) => (buy ? Math.max(a, b) : Math.min(a, b));
    const immediate = order.request.timeInForce === "ioc" || order.request.timeInForce === "fok";

    if (stop !== undefined) {
      if (buy ? high < stop : low > stop) return undefined;
      order.stop = undefined;
      if (limit === undefined) {
        const lot = this.fill(order, worse(open, stop), false, moment, false);
        if (lot === undefined) return undefined;
        const { sl, tp } = order.request;
        const hitsTarget = tp !== undefined && (buy ? tp <= high : tp >= low);
        const sparesStop = sl === undefined || (buy ? sl < low : sl > high);
        return hitsTarget && sparesStop ? lot : undefined;
      }
      // The limit lies beyond the stop, so the price comes to the stop first.
      const beyond = buy ? limit > stop : limit < stop;
      if (beyond && touches(limit)) this.fill(order, better(worse(open, stop), limit), false, moment, false);
      return undefined;
    }
    if (limit !== undefined) {
      const fills = immediate ? (buy ? open <= limit : open >= limit) : touches(limit);
      if (fills) {
        const price = better(open, limit);
        this.fill(order, price, price === limit || moment.bar > order.activeBar, moment, false);
      } else if (immediate) this.remove(order);
      return undefined;
    }
    const waitsForClose = this.run.spec.fill === "close" && (order.kind === "entry" || order.kind === "close");
    return waitsForClose ? undefined : this.fill(order, open, false, moment, true);
  }

  fill(order: Order, quoted: number, maker: boolean, moment: Moment, atMarket: boolean): Lot | undefined {
    this.run.filled = [];
    if (order.trade !== undefined) {
      this.fillExit(order, order.trade, quoted, maker, moment.bar);
      return undefined;
    }
    return this.fillEntry(order, quoted, maker, moment.bar, atMarket);
  }

  fillExit(order: Order, lot: Lot, quoted: number, maker: boolean, bar: number): void {
    const wanted = order.kind === "close" ? Math.min(order.lots!, lot.lots) : lot.lots;
    const lots = Math.min(wanted, this.capacity(bar));
    if (lots < 1) return;
    this.take(bar, lots);
    this.mark = quoted;
    const price = this.slip(-lot.sign * lots, quoted, maker, bar);
    this.closePart(lot, lots, price, maker, order.kind, bar);
    if (order.kind === "close" && this.queue.includes(order)) {
      order.lots! -= lots;
      if (order.lots === 0) this.remove(order);
    }
  }

  fillEntry(order: Order, quoted: number, maker: boolean, bar: number, atMarket: boolean): Lot | undefined {
    const { spec } = this.run;
    const { request, buy } = order;
    const sign = buy ? 1 : -1;
    this.mark = quoted;
    const paidFor = (traded: number) => traded * (1 + sign * (spec.spread ?? 0));
    let lots = order.lots;
    if (lots === undefined) {
      lots = this.relativeLots(request, sign, paidFor(quoted), quoted);
      if (lots > 0) {
        const worse = paidFor(this.slip(sign * lots, quoted, maker, bar));
        if (worse !== paidFor(quoted)) lots = Math.min(lots, this.relativeLots(request, sign, worse, quoted));
      }
    }
    if (!(lots >= 1)) {
      const byFraction = request.size === undefined || (typeof request.size === "object" && "fraction" in request.size);
      this.deny(order, byFraction ? "INSUFFICIENT_MARGIN" : "SIZE_BELOW_LOT", bar);
      return undefined;
    }
    const traded = this.slip(sign * lots, quoted, maker, bar);
    const price = paidFor(traded);
    order.lots = lots;

    const immediate = request.timeInForce === "ioc" || request.timeInForce === "fok";
    const fillable = Math.min(lots, this.capacity(bar));
    if (fillable < 1 || (request.timeInForce === "fok" && fillable < lots)) {
      if (immediate) this.remove(order);
      return undefined;
    }
    let left = fillable;
    if (spec.positions !== "hedging") {
      for (const lot of this.lots.filter((one) => one.sign !== sign)) {
        const part = Math.min(left, lot.lots);
        if (part > 0) this.closePart(lot, part, traded, maker, "order", bar);
        left -= part;
      }
    }
    const closed = fillable - left;
    const wanted = lots - closed;
    this.take(bar, closed);
    let opened: Lot | undefined;
    let rest = wanted;
    if (wanted > 0 && !request.reduceOnly) {
      const cost = wanted * price * this.lotValue + this.fee(wanted, quoted, false);
      if (cost > this.run.freeEquity() * (spec.leverage ?? 1) * (1 + 1e-14)) {
        this.deny(order, "INSUFFICIENT_MARGIN", bar);
        if (closed > 0) this.cancelGroup(request.oco, order);
        return undefined;
      }
      if (left > 0) opened = this.open(order, left, price, maker, bar, atMarket);
      this.take(bar, left);
      rest = wanted - left;
    } else if (request.reduceOnly && !this.lots.some((lot) => lot.sign !== sign)) rest = 0;
    this.cancelGroup(request.oco, order);
    order.lots = rest;
    if (rest === 0 || immediate) this.remove(order);
    const bracketed = opened !== undefined && this.queue.some(({ trade }) => trade === opened);
    return bracketed ? opened : undefined;
  }

  open(order: Order, lots: number, price: number, maker: boolean, bar: number, atMarket: boolean): Lot {
    const { sl, tp, trail, trailFraction } = order.request;
    const fee = this.charge(lots, price, maker);
    this.run.cash -= fee;
    const sign = order.buy ? 1 : -1;
    const lot: Lot = {
      sign,
      lots,
      entryPrice: price,
      entryBar: bar,
      fee,
      financing: 0,
      sl: undefined,
      tp: undefined,
      trail,
      trailFraction,
      best: atMarket ? price : undefined,
      tag: order.tag,
    };
    this.lots.push(lot);
    if (tp !== undefined) this.setTp(lot, tp);
    const trailing = this.trailingStop(lot, price);
    const stops = [sl, trailing].filter((one) => one !== undefined);
    if (stops.length > 0) this.setSl(lot, sign > 0 ? Math.max(...stops) : Math.min(...stops));
    return lot;
  }

  closePart(lot: Lot, lots: number, price: number, maker: boolean, reason: string, bar: number): void {
    const share = lots / lot.lots;
    const fee = this.charge(lots, price, maker);
    const gross = lot.sign * lots * (price - lot.entryPrice) * this.lotValue;
    this.run.cash += gross - fee;
    this.run.trades.push({
      symbol: this.symbol,
      entryBar: lot.entryBar,
      exitBar: bar,
      entryPrice: lot.entryPrice,
      exitPrice: price,
      size: lot.sign * lots * this.lotSize,
      pnl: gross - fee - share * lot.fee - share * lot.financing,
      commission: fee + share * lot.fee,
      financing: share * lot.financing,
      exitReason: reason,
      tag: lot.tag,
    });
    lot.fee -= share * lot.fee;
    lot.financing -= share * lot.financing;
    lot.lots -= lots;
    if (lot.lots > 0) return;
    this.lots = this.lots.filter((one) => one !== lot);
    this.queue = this.queue.filter(({ trade }) => trade !== lot);
  }

  closeAll(reason: string): void {
    if (reason === "end") this.queue = this.queue.filter(({ kind }) => kind !== "entry");
    if (this.index < 0) return;
    const { close } = this.bars[this.index]!;
    this.mark = close;
    for (const lot of [...this.lots]) {
      this.run.filled = [];
      this.closePart(
        lot,
        lot.lots,
        this.slip(-lot.sign * lot.lots, close, false, this.index),
        false,
        reason,
        this.index,
      );
    }
  }

  follow(lot: Lot, bar: Bar): void {
    if (lot.trail === undefined && lot.trailFraction === undefined) return;
    const extreme = (a: number, b: number) => (lot.sign > 0 ? Math.max(a, b) : Math.min(a, b));
    if (lot.best === undefined) lot.best = extreme(lot.entryPrice, bar.close);
    else lot.best = extreme(lot.best, lot.sign > 0 ? bar.high : bar.low);
    const stop = this.trailingStop(lot, lot.best)!;
    if (lot.sl === undefined || lot.sign * (stop - lot.sl) > 0) this.setSl(lot, stop);
  }

  trailingStop({ trail, trailFraction, sign }: Lot, best: number): number | undefined {
    if (trail !== undefined) return best - sign * trail;
    return trailFraction === undefined ? undefined : best - sign * trailFraction * best;
  }

  relativeLots({ size, sl, trail, trailFraction }: OrderRequest, sign: number, price: number, quoted: number): number {
    const perLot = price * this.lotValue;
    if (typeof size === "object" && "notional" in size) return Math.floor(size.notional / perLot);
    if (typeof size === "object" && "risk" in size) {
      const distance = sl === undefined ? (trail ?? trailFraction! * price) : sign * (price - sl);
      const loss = distance * this.lotValue;
      return loss > 0 ? Math.floor((this.run.equity() * size.risk) / loss) : 0;
    }
    const all = 1 - 2 ** -52;
    const fraction = typeof size === "object" && "fraction" in size ? Math.min(size.fraction, all) : all;
    const budget = this.run.freeEquity() * (this.run.spec.leverage ?? 1) * fraction;
    let lots = Math.floor(budget / perLot);
    while (lots > 0 && lots * perLot + this.fee(lots, quoted, false) > budget) {
      // Each round gives up what cannot be paid for; fees fall with the size.
      const over = lots * perLot + this.fee(lots, quoted, false) - budget;
      lots -= Math.max(1, Math.floor(over / (2 * perLot)));
    }
    return Math.max(0, lots);
  }

  /** One fill, one commission: a part pays what the parts before it have not paid of the whole. */
  charge(lots: number, price: number, maker: boolean): number {
    const before = sum(this.run.filled.map((part) => part.lots * part.price * this.lotValue));
    const paid = sum(this.run.filled.map((part) => part.fee));
    const units = sum(this.run.filled.map((part) => part.lots)) + lots;
    const value = before + lots * price * this.lotValue;
    const { commission } = this.run.spec;
    const fee = commissionFee(commission, units * this.lotSize, value, maker, this.run.traded - before) - paid;
    this.run.filled.push({ lots, price, fee });
    this.run.traded += lots * price * this.lotValue;
    return fee;
  }

  fee(lots: number, price: number, maker: boolean): number {
    const value = lots * price * this.lotValue;
    return commissionFee(this.run.spec.commission, lots * this.lotSize, value, maker, this.run.traded);
  }

  slip(lots: number, price: number, maker: boolean, bar: number): number {
    if (maker) return price;
    return slippedPrice(this.run.spec.slippage, lots * this.lotSize, price, this.bars[bar]!.volume);
  }

  capacity(bar: number): number {
    const { volumeShare } = this.run.spec;
    if (volumeShare === undefined) return Infinity;
    return Math.floor((volumeShare * this.bars[bar]!.volume) / this.lotSize) - (this.taken.get(bar) ?? 0);
  }

  take(bar: number, lots: number): void {
    this.taken.set(bar, (this.taken.get(bar) ?? 0) + lots);
  }

  expired(order: Order, time: number): boolean {
    if (order.request.timeInForce === "day") {
      order.day ??= dayIn(time, this.run.spec.timezone ?? "UTC");
      return dayIn(time, this.run.spec.timezone ?? "UTC") !== order.day;
    }
    return order.until !== undefined && time > order.until;
  }

  cancelGroup(group: string | undefined, filled: Order): void {
    if (group === undefined) return;
    for (const book of this.run.books) {
      book.queue = book.queue.filter((order) => order === filled || order.request.oco !== group);
    }
  }

  remove(order: Order): void {
    this.queue = this.queue.filter((one) => one !== order);
  }

  ended(order: Order, bar: number): boolean {
    return order.endBar !== undefined && bar >= order.endBar;
  }

  /** From which bar on what the strategy asks for now holds. */
  arrival(): number {
    return this.index + 1 + (this.run.spec.latencyBars ?? 0);
  }

  /** Takes an order out when the wish to do so has arrived. */
  end(order: Order): void {
    if (this.arrival() === this.index + 1) this.remove(order);
    else order.endBar ??= this.arrival();
  }

  cancel(order: Order): void {
    this.end(order);
    if (order.kind === "stop-loss") this.giveUpStop(order.trade!);
    if (order.kind === "take-profit") order.trade!.tp = undefined;
  }

  giveUpStop(lot: Lot): void {
    lot.sl = undefined;
    lot.trail = undefined;
    lot.trailFraction = undefined;
  }

  deny(order: Order, code: string, bar: number): void {
    this.run.denials.push({ bar, symbol: this.symbol, code, side: order.buy ? "buy" : "sell" });
    this.remove(order);
  }

  /** The orders that stand for a level of a trade, without those that are being cancelled. */
  level(lot: Lot, kind: Order["kind"]): Order[] {
    return this.queue.filter((order) => order.trade === lot && order.kind === kind && order.endBar === undefined);
  }

  setSl(lot: Lot, price: number | undefined, activeBar = 0): void {
    for (const order of this.level(lot, "stop-loss")) this.remove(order);
    lot.sl = price;
    if (price !== undefined) this.queue.unshift({ ...this.exit(lot, "stop-loss"), stop: price, activeBar });
  }

  setTp(lot: Lot, price: number | undefined, activeBar = 0): void {
    for (const order of this.level(lot, "take-profit")) this.remove(order);
    lot.tp = price;
    if (price !== undefined) this.queue.push({ ...this.exit(lot, "take-profit"), limit: price, activeBar });
  }

  exit(lot: Lot, kind: Order["kind"]): Order {
    this.run.lastId += 1;
    return {
      id: this.run.lastId,
      kind,
      buy: lot.sign < 0,
      lots: lot.lots,
      request: {},
      limit: undefined,
      stop: undefined,
      trade: lot,
      bar: this.index,
      activeBar: 0,
      until: undefined,
      tag: lot.tag,
    };
  }

  orderClose(lot: Lot, portion: number): void {
    const exact = lot.lots * portion;
    const half = exact - Math.floor(exact) === 0.5;
    const rounded = half ? 2 * Math.round(exact / 2) : Math.round(exact);
    const activeBar = this.index + 1 + (this.run.spec.latencyBars ?? 0);
    this.queue.unshift({ ...this.exit(lot, "close"), lots: Math.max(1, rounded), activeBar });
  }

  submit(buy: boolean, request: OrderRequest): OrderId {
    this.run.lastId += 1;
    const id = this.run.lastId;
    const { size, limit, stop, sl, tp } = request;
    const lots =
      typeof size === "number"
        ? floorToLot(size / this.lotSize)
        : size && "lots" in size
          ? floorToLot(size.lots)
          : undefined;
    const order: Order = {
      id,
      kind: "entry",
      buy,
      lots,
      request,
      limit,
      stop,
      trade: undefined,
      bar: this.index,
      activeBar: this.index + 1 + (this.run.spec.latencyBars ?? 0),
      until: request.timeInForce === "gtd" ? request.until : undefined,
      tag: request.tag,
    };
    const sign = buy ? 1 : -1;
    const entry = limit ?? stop ?? this.bars[this.index]!.close * (1 + sign * (this.run.spec.spread ?? 0));
    const wrong = (sl !== undefined && sign * (entry - sl) <= 0) || (tp !== undefined && sign * (tp - entry) <= 0);
    if (lots !== undefined && lots < 1) this.deny(order, "SIZE_BELOW_LOT", this.index);
    else if (wrong) this.deny(order, "BRACKET_WRONG_SIDE", this.index);
    else {
      if (this.run.spec.exclusive) {
        for (const order of this.queue.filter(({ kind }) => kind === "entry" || kind === "close")) this.end(order);
        for (const lot of this.lots) this.orderClose(lot, 1);
      }
      this.queue.push(order);
    }
    return id as OrderId;
  }

  broker(): Broker {
    const book = this;
    const view = {
      symbol: this.symbol,
      get position(): PositionView {
        const size = sum(book.lots.map((lot) => lot.sign * lot.lots)) * book.lotSize;
        return { size, isFlat: book.lots.length === 0, isLong: size > 0, isShort: size < 0, averagePrice: 0, pnl: 0 };
      },
      get orders(): WaitingOrder[] {
        return book.queue.map((order) => ({
          id: order.id as OrderId,
          side: order.buy ? "buy" : "sell",
          size: order.lots ?? Number.NaN,
          limit: order.limit,
          stop: order.stop,
          tag: order.tag,
          bar: order.bar,
          closes: order.kind !== "entry",
          cancel: () => book.cancel(order),
        }));
      },
      get trades(): OpenTrade[] {
        return book.lots.map((lot) => book.tradeView(lot));
      },
      buy: (request: OrderRequest = {}) => book.submit(true, request),
      sell: (request: OrderRequest = {}) => book.submit(false, request),
      close(portion = 1) {
        for (const lot of [...book.lots]) book.orderClose(lot, portion);
      },
      cancel(id: OrderId) {
        const found = book.queue.find((order) => order.id === id);
        if (found !== undefined) book.cancel(found);
        return found !== undefined;
      },
      cancelEntries() {
        for (const order of book.queue.filter(({ kind }) => kind === "entry")) book.end(order);
      },
    };
    return Object.defineProperties({} as Broker, Object.getOwnPropertyDescriptors(view));
  }

  tradeView(lot: Lot): OpenTrade {
    const book = this;
    return {
      size: lot.sign * lot.lots * this.lotSize,
      entryBar: lot.entryBar,
      entryTime: this.bars[lot.entryBar]!.time,
      entryPrice: lot.entryPrice,
      tag: lot.tag,
      pnl: this.profit(lot, this.bars[this.index]!.close),
      get sl() {
        return lot.sl;
      },
      set sl(price: number | undefined) {
        for (const order of book.level(lot, "stop-loss")) book.end(order);
        book.setSl(lot, price, book.arrival());
        if (price === undefined) book.giveUpStop(lot);
      },
      get tp() {
        return lot.tp;
      },
      set tp(price: number | undefined) {
        for (const order of book.level(lot, "take-profit")) book.end(order);
        book.setTp(lot, price, book.arrival());
      },
      close: (portion = 1) => book.orderClose(lot, portion),
    };
  }
}

function floorToLot(lots: number): number {
  return Math.floor(lots + 1e-9 * lots);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
