import type { Bar } from "../trading/bar.ts";
import type { Fill } from "../trading/fill.ts";
import type { InstrumentId } from "../trading/instrument.ts";
import type { ExitLevels } from "../trading/intent.ts";
import type { ClientOrderId, Order, OrderTerms } from "../trading/order.ts";
import type { Position } from "../trading/position.ts";
import type { StoredPartition } from "./stored.ts";

/** What the session asks of a strategy. Everything that decides what to trade, nothing that decides whether it may. */
export interface Trader {
  /** Whether enough bars were seen to trade (RC-49). */
  readonly warm: boolean;
  /** A bar has closed. Its wishes are dropped for bars of the past and while an operator's request is carried out. */
  onBar(instrument: InstrumentId, bar: Bar, book: BookView): readonly Wish[];
  /** A new holder takes over: what the store holds of the partition, before the first bar of its own. */
  restore(stored: StoredPartition): void;
  /** One of its orders was filled. Must not throw. */
  onFill(fill: Fill): void;
  /** Something about the trader's own orders or positions changed between bars. */
  onBookChange(book: BookView): readonly Wish[];
}

/** What a trader may see of its own affairs. */
export interface BookView {
  readonly orders: ReadonlyMap<ClientOrderId, WorkingOrder>;
  /** An order of the recent past, also when it has ended. */
  find(id: ClientOrderId): Order | undefined;
  position(instrument: InstrumentId): Position;
  readonly cash: number | undefined;
  readonly equity: number | undefined;
}

/** An order that has not ended, with the mark its trader gave it. */
export interface WorkingOrder {
  readonly order: Order;
  readonly tag: string | undefined;
  readonly parent: ClientOrderId | undefined;
  readonly cancelAsked: boolean;
}

/** What a trader wants. The session checks, commits and sends it, or denies it. */
export type Wish =
  | {
      readonly kind: "place";
      readonly terms: OrderTerms;
      readonly tag?: string;
      readonly parent?: ClientOrderId;
      /** Exits to be placed as it fills. Kept with the intent, so that a new holder knows them. */
      readonly exits?: ExitLevels;
      /** Told in the same step: the id of the order, or undefined when it was denied or dropped. */
      readonly answered?: (id: ClientOrderId | undefined) => void;
    }
  | { readonly kind: "cancel"; readonly id: ClientOrderId };
