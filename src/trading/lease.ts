import type { Brand } from "../core/ids.ts";

/** The unit of work that exactly one worker holds: one strategy on its instruments at one account. */
export type PartitionId = Brand<string, "PartitionId">;
export const partitionId = (text: string): PartitionId => text as PartitionId;

/** How long a lease lasts without a renewal. */
export const LEASE_LIFE_MS = 6_000;
/** A holder stops sending this long before the end, and a successor waits this long after it (clocks differ in rate). */
export const LEASE_GUARD_MS = 1_000;

/** The right to trade a partition (OL-04). `expires` is of the holder's monotonic clock, counted from before the request. */
export interface Lease {
  readonly partition: PartitionId;
  /** Grows at every take-over and is never used twice. */
  readonly token: number;
  readonly expires: number;
}

/** Whether the holder may still send: the guard time before the end is not his. */
export function leaseAllows(lease: Lease, now: number, guard = LEASE_GUARD_MS): boolean {
  return now < lease.expires - guard;
}
