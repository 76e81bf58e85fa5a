import type { OpenTrade, OrderId, PositionView, Side, WaitingOrder } from "../../strategy/broker.ts";
import type { Account } from "./account.ts";
import { exitOrder, setStopLoss, setTakeProfit } from "./exit-orders.ts";
import { given } from "./given.ts";
import type { Lot } from "./lot.ts";
import type { Market } from "./market.ts";
import { positiveOrNone, StrategyFault } from "./strategy-fault.ts";
import { BY_LOTS, CLOSE, ENTRY, STOP_LOSS, TAKE_PROFIT, type Waiting } from "./waiting.ts";

/** What is held of one instrument, read from its market at every access. */
export class LivePosition implements PositionView {
  readonly #market: Market;

  constructor(market: Market) {
    this.#market = market;
  }

  get size(): number {
    return this.#market.lots * this.#market.lotSize;
  }
  get isFlat(): boolean {
    return !this.#market.holds;
  }
  get isLong(): boolean {
    return this.#market.lots > 0;
  }
  get isShort(): boolean {
    return this.#market.lots < 0;
  }
  get averagePrice(): number {
    return this.#market.lots === 0 ? Number.NaN : this.#market.cost / this.#market.lots;
  }
  get pnl(): number {
    const { lots, cost, lotValue, bars } = this.#market;
    return this.isFlat ? 0 : (lots * bars.close.now - cost) * lotValue;
  }
}

/** An open trade. Once it is closed its size reads 0 and changing it does nothing. */
export class LotView implements OpenTrade {
  readonly #account: Account;
  readonly #market: Market;
  readonly #lot: Lot;
  readonly #serial: number;
  readonly entryBar: number;
  readonly entryTime: number;
  readonly entryPrice: number;
  readonly tag: string | undefined;

  constructor(account: Account, market: Market, lot: Lot) {
    this.#account = account;
    this.#market = market;
    this.#lot = lot;
    this.#serial = lot.serial;
    this.entryBar = lot.entryBar;
    this.entryTime = given(lot.entryTime) ? lot.entryTime : market.columns.time[lot.entryBar]!;
    this.entryPrice = lot.entryPrice;
    this.tag = lot.tag;
  }

  get size(): number {
    return this.#isOpen ? this.#lot.sign * this.#lot.lots * this.#market.lotSize : 0;
  }
  get pnl(): number {
    if (!this.#isOpen) return 0;
    const { sign, lots, entryPrice } = this.#lot;
    return sign * lots * (this.#market.bars.close.now - entryPrice) * this.#market.lotValue;
  }
  get sl(): number | undefined {
    return this.#isOpen && this.#lot.slOrder !== undefined ? this.#lot.sl : undefined;
  }
  set sl(price: number | undefined) {
    const checked = positiveOrNone(price, "sl");
    if (!this.#isOpen) return;
    setStopLoss(this.#account, this.#market, this.#lot, checked, arrivalOf(this.#account, this.#market));
    if (price === undefined) this.#lot.stopFollowing();
  }
  get tp(): number | undefined {
    return this.#isOpen && this.#lot.tpOrder !== undefined ? this.#lot.tp : undefined;
  }
  set tp(price: number | undefined) {
    const checked = positiveOrNone(price, "tp");
    if (!this.#isOpen) return;
    setTakeProfit(this.#account, this.#market, this.#lot, checked, arrivalOf(this.#account, this.#market));
  }
  close(portion = 1): void {
    if (this.#isOpen) orderClose(this.#account, this.#market, this.#lot, portion);
  }

  get #isOpen(): boolean {
    return this.#lot.serial === this.#serial;
  }
}

/** Orders a portion of a trade closed, at least one lot, at the front of the queue. */
export function orderClose(account: Account, market: Market, lot: Lot, portion: number): void {
  checkPortion(portion);
  const order = exitOrder(account, market, lot);
  order.role = CLOSE;
  order.size = Math.max(1, roundHalfEven(lot.lots * portion));
  order.madeBar = market.bars.cursor.index;
  order.activeBar = arrivalOf(account, market);
  market.putFirst(order);
}

/** Throws StrategyFault `PORTION_INVALID` unless the portion lies in (0, 1]. */
export function checkPortion(portion: number): void {
  if (portion > 0 && portion <= 1) return;
  throw new StrategyFault("PORTION_INVALID", `a portion must lie in (0, 1], not ${portion}`);
}

/** A waiting order. Once it is filled or cancelled its size reads 0. */
export class OrderView implements WaitingOrder {
  readonly id: OrderId;
  readonly side: Side;
  readonly bar: number;
  readonly closes: boolean;
  readonly tag: string | undefined;
  readonly limit: number | undefined;
  readonly stop: number | undefined;
  readonly #account: Account;
  readonly #market: Market;
  readonly #order: Waiting;

  constructor(account: Account, market: Market, order: Waiting) {
    this.id = order.id as OrderId;
    this.side = order.buy ? "buy" : "sell";
    this.bar = order.madeBar;
    this.closes = order.role !== ENTRY;
    this.tag = order.tag;
    this.limit = given(order.limit) ? order.limit : undefined;
    this.stop = given(order.stop) ? order.stop : undefined;
    this.#account = account;
    this.#market = market;
    this.#order = order;
  }

  get size(): number {
    if (this.#order.id !== this.id) return 0;
    const { lotSize } = this.#market;
    if (this.#order.lot !== undefined) return Math.min(this.#order.lot.lots, this.#order.size) * lotSize;
    return this.#order.form === BY_LOTS ? this.#order.size * lotSize : Number.NaN;
  }
  cancel(): void {
    if (this.#order.id === this.id) cancelOrder(this.#account, this.#market, this.#order);
  }
}

/** Cancels a waiting order; a stop-loss or take-profit goes from its trade with it. */
export function cancelOrder(account: Account, market: Market, order: Waiting): void {
  const { lot, role } = order;
  if (lot !== undefined && role === STOP_LOSS) {
    lot.sl = Number.NaN;
    lot.stopFollowing();
  } else if (lot !== undefined && role === TAKE_PROFIT) lot.tp = Number.NaN;
  if (account.rules.latencyBars > 0) market.endOrder(order, arrivalOf(account, market));
  else market.removeOrder(order);
}

/** The first bar that knows of what the strategy asks for now. */
function arrivalOf({ rules }: Account, market: Market): number {
  return market.bars.cursor.index + 1 + rules.latencyBars;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
