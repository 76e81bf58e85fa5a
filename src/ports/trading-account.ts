import type { AccountId, Instrument, InstrumentId, StrategyId } from "../trading/instrument.ts";
import type { PartitionId } from "../trading/lease.ts";
import type { Venue } from "./venue.ts";

/** An account that is traded, as an operator's action sees it: the venue itself, and what of it is ours. */
export interface TradingAccount extends AccountShape {
  readonly venue: Venue;
}

/** What is traded in an account, and by which partitions. */
export interface AccountShape {
  readonly account: AccountId;
  readonly instruments: ReadonlyMap<InstrumentId, Instrument>;
  readonly partitions: readonly AccountPartition[];
}

export interface AccountPartition {
  readonly id: PartitionId;
  readonly strategy: StrategyId;
  readonly instrument: InstrumentId;
}
