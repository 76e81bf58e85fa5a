import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { OrderStore, PartitionOwner } from "../../ports/order-store.ts";
import type { PartitionId } from "../../trading/lease.ts";
import { BookRecorder } from "./book-recorder.ts";
import { DenialRecorder } from "./denial-recorder.ts";

/** What a partition's session writes down while nothing waits for it. */
export class PartitionRecorders {
  readonly book: BookRecorder;
  readonly denials: DenialRecorder;

  constructor(
    { orders, clock, log }: { readonly orders: OrderStore; readonly clock: Clock; readonly log: Log },
    { partition, owner }: { readonly partition: PartitionId; readonly owner: PartitionOwner },
    refused: (call: string, reason: string) => void,
  ) {
    this.book = new BookRecorder({
      write: orders.recordBook.bind(orders, partition, owner),
      ...{ clock, log, onRefused: refused.bind(undefined, "record-book") },
    });
    this.denials = new DenialRecorder({
      write: orders.recordDenials.bind(orders, partition),
      ...{ clock, log, onRefused: refused.bind(undefined, "record-denials") },
    });
  }

  async drained(): Promise<void> {
    await Promise.all([this.book.drained(), this.denials.drained()]);
  }
}
