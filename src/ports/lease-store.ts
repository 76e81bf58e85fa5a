import type { PartitionId } from "../trading/lease.ts";
import type { Closable } from "./closable.ts";

/** A lease as the store granted it. */
export interface GrantedLease {
  readonly partition: PartitionId;
  readonly token: number;
  /** Somebody asks the holder to resolve what is open and to let go (OL-09). */
  readonly drain: boolean;
}

export interface LeaseRow extends GrantedLease {
  readonly holder: string;
  /** By the store's clock; negative when it has run out. */
  readonly remainingMs: number;
}

/** Who trades which partition. Times are the store's own: no two hosts' clocks are compared. */
export interface LeaseStore extends Closable {
  /**
   * Takes a free or expired partition, or takes up anew what this holder had before it died. Undefined when another
   * holds it. A holder's name must be of one process at a time.
   */
  take(partition: PartitionId, holder: string, lifeMs: number): Promise<GrantedLease | undefined>;
  /** Keeps a lease alive. Undefined when it was taken over. */
  renew(partition: PartitionId, holder: string, token: number, lifeMs: number): Promise<GrantedLease | undefined>;
  /** Gives it back at once, so that the next holder need not wait. */
  release(partition: PartitionId, holder: string, token: number): Promise<void>;
  askToDrain(partition: PartitionId): Promise<void>;
  list(): Promise<readonly LeaseRow[]>;
}
