import type { Cancel } from "../core/clock.ts";
import type { OrdersAtVenue } from "../trading/host-loss.ts";
import type { Level } from "../trading/level.ts";
import type { OrderState, OrderType, Side } from "../trading/order.ts";
import type { Scope } from "../trading/scope.ts";

/** What trading has written down, read at one moment for people to look at. Amounts are exact decimal texts. */
export interface DeskReading {
  readonly epoch: number;
  readonly levels: readonly DeskLevel[];
  readonly workers: readonly DeskWorker[];
  readonly positions: readonly DeskPosition[];
  /** Orders that are not ended, oldest first. */
  readonly orders: readonly DeskOrder[];
  /** Newest first. */
  readonly fills: readonly DeskFill[];
  /** Orders that our own checks denied in the last minute, most often first. */
  readonly denials: readonly DeskDenials[];
}

export interface DeskDenials {
  readonly partition: string;
  readonly code: string;
  readonly count: number;
}

export interface DeskLevel {
  readonly scope: Scope;
  readonly level: Level;
  readonly epoch: number;
  readonly since: number;
  readonly by: string;
  readonly reason: string;
}

export interface DeskWorker {
  readonly instance: string;
  /** The newest epoch it acknowledged. */
  readonly epoch: number;
  readonly partitions: readonly string[];
  readonly permitUntil: number;
  readonly atVenue: OrdersAtVenue;
}

/** Who an order, a fill or a position belongs to. */
interface Owned {
  readonly instrument: string;
  readonly venue: string;
  readonly strategy: string;
}

export interface DeskPosition extends Owned {
  readonly quantity: string;
  /** Absent when flat. */
  readonly averagePrice?: string;
  /** The instrument's last price; absent when flat, or when no worker has seen one. */
  readonly mark?: string;
  /** What closing at the mark would bring, before commission; absent without a mark. */
  readonly unrealised?: string;
  /** Of what was closed, before commission. */
  readonly realised: string;
  readonly commission: string;
}

export interface DeskOrder extends Owned {
  readonly id: string;
  readonly at: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: string;
  readonly filled: string;
  readonly price?: string;
  readonly state: OrderState;
}

export interface DeskFill extends Owned {
  readonly id: string;
  readonly at: number;
  readonly side: Side;
  readonly quantity: string;
  readonly price: string;
  readonly commission: string;
}

/** The record of trading, to look at and never to write. */
export interface TradingDesk {
  /** At most `fills` of the newest fills. Rejects with an OutageError when the record does not answer. */
  read(fills: number): Promise<DeskReading>;
  /** Calls back when a level changed: worth a reading at once. */
  onChange(listener: () => void): Promise<Cancel>;
}
