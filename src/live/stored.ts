import type { FillId } from "../trading/fill.ts";
import type { Intent } from "../trading/intent.ts";
import type { Order } from "../trading/order.ts";
import type { Position } from "../trading/position.ts";
import type { EquityMarks } from "../trading/risk/account-view.ts";

/** What the store holds of a partition: all that a new holder needs, beside the venue (OL-09). */
export interface StoredPartition {
  /** One more than the highest sequence of any intent ever committed. */
  readonly nextSequence: number;
  /** Orders that have not ended, with their intents. */
  readonly orders: ReadonlyArray<{ readonly intent: Intent; readonly order: Order }>;
  readonly positions: readonly Position[];
  /** Fills already applied that a venue snapshot from `fillCursor` on may repeat. */
  readonly appliedFills: readonly FillId[];
  readonly fillCursor: string;
  /** Operator requests already carried out. */
  readonly doneRequests: readonly string[];
  /** Ended orders of the recent past, so that late reports find them and the trader its exits. */
  readonly endedOrders: ReadonlyArray<{ readonly intent: Intent; readonly order: Order }>;
  /** The latest arm of a scope that the strategy lies in, and the strategy's own intents since then (RC-42). */
  readonly armedEpoch: number;
  readonly runsSinceHuman: number;
  /** The account's equity as earlier holders saw it; undefined when none has. */
  readonly equity: EquityMarks | undefined;
}
