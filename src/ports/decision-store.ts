import type { DecisionRecord } from "../trading/decision.ts";

/** An order that was allowed, as it stands. Quantities and prices are in the instrument's own units. */
export interface StoredIntent {
  readonly order: string;
  readonly partition: string;
  readonly worker: string;
  readonly strategy: string;
  readonly account: string;
  readonly venue: string;
  readonly instrument: string;
  readonly origin: string;
  readonly side: string;
  readonly type: string;
  readonly quantity: number;
  readonly limitPrice: number | null;
  readonly stopPrice: number | null;
  readonly reduceOnly: boolean;
  readonly state: string;
  readonly filled: number;
}

/** One decision about an order, and when it was written down (wall milliseconds). */
export interface StoredDecision {
  readonly at: number;
  readonly partition: string;
  readonly decision: DecisionRecord;
}

/** Decision records, as workers wrote them with intents and denials. */
export interface DecisionStore {
  /** The newest decisions under this order id, newest first, and the order itself if one was allowed. */
  of(
    order: string,
  ): Promise<{ readonly intent: StoredIntent | undefined; readonly decisions: readonly StoredDecision[] }>;
  /** The newest denials, newest first; `code` only those of that code. */
  denials(filter: { readonly code?: string; readonly limit: number }): Promise<readonly StoredDecision[]>;
}
