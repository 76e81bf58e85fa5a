import { type Clock, sleep } from "../../core/clock.ts";
import { OutageError } from "../../core/errors.ts";
import type { OrderStore, PartitionOwner } from "../../ports/order-store.ts";
import type { Venue } from "../../ports/venue.ts";
import { provenSkew } from "../../trading/clock-skew.ts";
import type { PartitionId } from "../../trading/lease.ts";
import type { AccountOthers } from "../../trading/risk/account-view.ts";
import type { VenueSnapshot } from "../../trading/snapshot.ts";

/** How long a snapshot waits for the record of the account's other partitions. */
const OTHERS_PATIENCE_MS = 500;

export interface AccountLook {
  readonly snapshot: VenueSnapshot;
  /** How far our wall clock is surely ahead of the venue's. */
  readonly skewMs: number;
}

/**
 * The account as the venue shows it, with the record of its other partitions of the same moment, as far as can be: a
 * store that is away must not hold the venue's word up. Rejects with an OutageError when the venue does not answer.
 */
export async function lookAtAccount(
  { venue, orders, clock }: { readonly venue: Venue; readonly orders: OrderStore; readonly clock: Clock },
  { partition, owner }: { readonly partition: PartitionId; readonly owner: PartitionOwner },
  fillCursor: string,
  takeOthers: (others: AccountOthers) => void,
): Promise<AccountLook> {
  const askedAt = clock.now();
  const read = orders.others(partition, owner).then(takeOthers, (error: unknown) => {
    if (!(error instanceof OutageError)) throw error;
  });
  const snapshot = await venue.snapshot(fillCursor);
  const answeredAt = clock.now();
  const enough = new AbortController();
  await Promise.race([read, sleep(clock, OTHERS_PATIENCE_MS, enough.signal)]);
  enough.abort();
  return { snapshot, skewMs: provenSkew(askedAt, snapshot.takenAt, answeredAt) };
}
