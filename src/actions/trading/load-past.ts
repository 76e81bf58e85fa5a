import { type Clock, sleep } from "../../core/clock.ts";
import { messageOf, OutageError } from "../../core/errors.ts";
import type { StoredPartition } from "../../live/stored.ts";
import type { Log } from "../../ports/log.ts";
import type { OrderStore, PartitionOwner } from "../../ports/order-store.ts";
import type { PartitionId } from "../../trading/lease.ts";

const RETRY_MS = 500;

/**
 * What a partition's earlier holders left. A session that has not loaded its past cannot begin, so this is asked until
 * there is an answer; undefined when it is over before.
 */
export async function loadPast(
  { partition, owner }: { readonly partition: PartitionId; readonly owner: PartitionOwner },
  { clock, log, orders }: { readonly clock: Clock; readonly log: Log; readonly orders: Pick<OrderStore, "load"> },
  isOver: () => boolean,
): Promise<StoredPartition | undefined> {
  while (!isOver()) {
    try {
      return await orders.load(partition, owner);
    } catch (error) {
      if (!(error instanceof OutageError)) throw error;
      log.warn("the partition's past cannot be read", { error: messageOf(error) });
      await sleep(clock, RETRY_MS);
    }
  }
  return undefined;
}
