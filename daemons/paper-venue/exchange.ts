import type { Bar } from "../../src/trading/bar.ts";
import type {
  OrderTicket,
  PaperFill,
  PaperInstrument,
  PaperOrder,
  PaperPosition,
  PaperReport,
  Selection,
} from "../../src/trading/paper/wire.ts";
import { matchOrder, mayTrade } from "./matching.ts";
import { Positions } from "./positions.ts";

/** A line of the venue's own record. Replaying the lines in order gives the exchange as it was. */
export type ExchangeRecord =
  | { readonly report: PaperReport; readonly ticket?: OrderTicket }
  | { readonly bar: number; readonly time: number };

const CLOSED: readonly PaperOrder["status"][] = ["filled", "canceled", "expired", "rejected"];

export interface ExchangeOptions {
  readonly instruments: readonly PaperInstrument[];
  /** Cash that every account starts with. */
  readonly cash: number;
  /** Fee as a part of the traded value. */
  readonly feeRate: number;
  /** Keeps a record for good and tells whoever listens. It is called before the exchange itself moves on. */
  readonly record: (record: ExchangeRecord) => void;
}

/**
 * A simulated exchange: takes orders, matches them against bars, and holds the only true account of orders, fills and
 * positions. Every change is a record first and takes effect by `apply`, so what was recorded is what happened.
 */
export class Exchange {
  readonly #orders = new Map<string, PaperOrder>();
  readonly #open = new Map<string, PaperOrder>();
  readonly #reports: PaperReport[] = [];
  readonly #fills: PaperFill[] = [];
  readonly #positions: Positions;
  readonly #options: ExchangeOptions;
  #nextBar = 0;
  #barTime = 0;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#positions = new Positions(options.instruments);
  }

  /** The number of the latest report; 0 before the first. */
  get seq(): number {
    return this.#reports.length;
  }

  /** The index of the bar that the feed gives next, after a replay as well. */
  get nextBar(): number {
    return this.#nextBar;
  }

  /** Takes an order. The same client id again gives the order as it stands and changes nothing. */
  submit(ticket: OrderTicket, time: number, refusal?: string): PaperOrder {
    const known = this.#orders.get(ticket.clientOrderId);
    if (known !== undefined) return known;
    const reason = refusal ?? this.#refusalOf(ticket);
    const rejected = reason !== undefined;
    this.#commit(
      {
        ...this.#next(ticket, time),
        kind: rejected ? "rejected" : "accepted",
        status: rejected ? "rejected" : "accepted",
        filled: 0,
        ...(rejected && { reason }),
      },
      ticket,
    );
    return this.#orders.get(ticket.clientOrderId)!;
  }

  /** Withdraws an open order. What is already closed or unknown stays so, and the answer says which. */
  cancel(clientOrderId: string, time: number, reason = "requested"): "canceled" | "already-closed" | "unknown" {
    const order = this.#orders.get(clientOrderId);
    if (order === undefined) return "unknown";
    if (!this.#open.has(clientOrderId)) return "already-closed";
    this.#close(order, "canceled", reason, time);
    return "canceled";
  }

  /** Withdraws every open order of the selection; gives their client ids. */
  cancelAll(selection: Selection, time: number, reason = "requested"): string[] {
    const orders = this.openOrders(selection);
    for (const order of orders) this.cancel(order.clientOrderId, time, reason);
    return orders.map((order) => order.clientOrderId);
  }

  /** Lets the open orders of an instrument meet its next bar, oldest first but exits before entries. */
  meet(instrument: string, bar: Bar, time: number): void {
    const waiting = [...this.#open.values()].filter((order) => order.instrument === instrument);
    const exitsFirst = [
      ...waiting.filter((order) => order.reduceOnly),
      ...waiting.filter((order) => !order.reduceOnly),
    ];
    for (const order of exitsFirst) this.#meetOne(order.clientOrderId, bar, time);
  }

  /** Notes that bar `index` was published, so that a restarted venue goes on after it. */
  passBar(index: number, barTime: number): void {
    const record = { bar: index, time: barTime };
    this.#options.record(record);
    this.apply(record);
  }

  order(clientOrderId: string): PaperOrder | undefined {
    return this.#orders.get(clientOrderId);
  }

  openOrders(selection: Selection): PaperOrder[] {
    return [...this.#open.values()].filter((order) => isSelected(order, selection));
  }

  positions(): PaperPosition[] {
    return this.#positions.list();
  }

  /** What the account's trading has left of its cash. */
  cashOf(account: string): number {
    const own = this.positions().filter((position) => position.account === account);
    return round(own.reduce((sum, { cash, fees }) => sum + cash - fees, this.#options.cash));
  }

  reportsAfter(seq: number): PaperReport[] {
    return this.#reports.slice(seq);
  }

  fillsOf(clientOrderId: string): PaperFill[] {
    return this.#fills.filter((fill) => fill.clientOrderId === clientOrderId);
  }

  /** Fills whose report number is above `seq`, oldest first. */
  fillsAfter(seq: number, limit: number, account?: string): PaperFill[] {
    let first = this.#fills.length;
    while (first > 0 && this.#fills[first - 1]!.seq > seq) first -= 1;
    const newer = this.#fills.slice(first);
    return (account === undefined ? newer : newer.filter((fill) => fill.account === account)).slice(0, limit);
  }

  /** Takes over one record: of now, or of an earlier life. */
  apply(record: ExchangeRecord): void {
    if ("bar" in record) {
      this.#nextBar = record.bar + 1;
      this.#barTime = record.time;
      return;
    }
    const { report, ticket } = record;
    const before = this.#orders.get(report.clientOrderId);
    const base = ticket ?? before;
    if (base === undefined) throw new Error(`the record of report ${report.seq} names an order that was never taken`);
    const order: PaperOrder = {
      ...base,
      venueOrderId: report.venueOrderId,
      status: report.status,
      filled: report.filled,
      acceptedAt: before?.acceptedAt ?? report.time,
      ...(report.reason !== undefined && { reason: report.reason }),
    };
    this.#reports.push(report);
    this.#orders.set(order.clientOrderId, order);
    if (CLOSED.includes(order.status)) this.#open.delete(order.clientOrderId);
    else this.#open.set(order.clientOrderId, order);
    if (report.fill === undefined) return;
    const { clientOrderId, account, instrument, side, tags } = order;
    const fill = { seq: report.seq, time: report.time, ...report.fill, clientOrderId, account, instrument, side, tags };
    this.#fills.push(fill);
    this.#positions.add(fill);
  }

  #refusalOf(ticket: OrderTicket): string | undefined {
    const instrument = this.#options.instruments.find((one) => one.id === ticket.instrument);
    if (instrument === undefined) return `unknown instrument ${ticket.instrument}`;
    if (!this.#positions.isWholeLots(ticket.instrument, ticket.quantity)) {
      return `quantity ${ticket.quantity} is not a multiple of ${instrument.lotSize}`;
    }
    if (ticket.kind.endsWith("limit") && ticket.limitPrice === undefined) return "limit price missing";
    if (ticket.kind.startsWith("stop") && ticket.stopPrice === undefined) return "stop price missing";
    if (ticket.reduceOnly && this.#positions.reducible(ticket) === 0) return "reduce-only order would not reduce";
    return undefined;
  }

  #meetOne(clientOrderId: string, bar: Bar, time: number): void {
    let order = this.#open.get(clientOrderId);
    if (order === undefined) return;
    if (!mayTrade(order, bar, this.#barTime)) {
      this.#close(order, "expired", order.timeInForce, time);
      return;
    }
    const match = matchOrder(order, bar);
    if (match.triggered) {
      const { filled } = order;
      this.#commit({ ...this.#next(order, time), kind: "triggered", status: "triggered", filled });
      order = this.#open.get(clientOrderId)!;
    }
    if (match.price !== undefined) this.#fill(order, match.price, time);
    else if (order.timeInForce === "ioc" || order.timeInForce === "fok") {
      this.#close(order, "expired", order.timeInForce, time);
    }
  }

  #fill(order: PaperOrder, price: number, time: number): void {
    const wanted = order.quantity - order.filled;
    const quantity = order.reduceOnly ? Math.min(wanted, this.#positions.reducible(order)) : wanted;
    if (quantity === 0) {
      this.#close(order, "canceled", "nothing left to reduce", time);
      return;
    }
    const filled = order.filled + quantity;
    const fee = round(quantity * price * this.#options.feeRate);
    const next = this.#next(order, time);
    this.#commit({
      ...next,
      kind: "fill",
      status: filled < order.quantity ? "partially-filled" : "filled",
      filled,
      fill: { fillId: `F${next.seq}`, quantity, price, fee },
    });
    if (filled < order.quantity) this.#close(this.#open.get(order.clientOrderId)!, "canceled", "reduced to flat", time);
    if (order.group !== undefined) this.#cancelGroup(order, time);
  }

  #cancelGroup({ group, account, clientOrderId }: PaperOrder, time: number): void {
    for (const other of [...this.#open.values()]) {
      const same = other.group === group && other.account === account && other.clientOrderId !== clientOrderId;
      if (same) this.#close(other, "canceled", `one of group ${group} was filled`, time);
    }
  }

  #close(order: PaperOrder, status: "canceled" | "expired", reason: string, time: number): void {
    this.#commit({ ...this.#next(order, time), kind: status, status, filled: order.filled, reason });
  }

  #next({ clientOrderId, account, instrument, side }: OrderTicket, time: number) {
    const seq = this.seq + 1;
    const venueOrderId = this.#orders.get(clientOrderId)?.venueOrderId ?? `V${seq}`;
    return { seq, time, clientOrderId, venueOrderId, account, instrument, side };
  }

  #commit(report: PaperReport, ticket?: OrderTicket): void {
    const record = ticket === undefined ? { report } : { report, ticket };
    this.#options.record(record);
    this.apply(record);
  }
}

function isSelected(order: OrderTicket, selection: Selection): boolean {
  return (
    (selection.account ?? order.account) === order.account &&
    (selection.instrument ?? order.instrument) === order.instrument &&
    (selection.strategy ?? order.tags.strategy) === order.tags.strategy &&
    (selection.worker ?? order.tags.worker) === order.tags.worker
  );
}

/** Money on the wire has eight decimals at most. */
const round = (amount: number) => Number(amount.toFixed(8));
