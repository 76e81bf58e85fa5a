import type { InstrumentId } from "../trading/instrument.ts";
import type { ClientOrderId } from "../trading/order.ts";
import type { SessionCore } from "./core.ts";
import type { BookView, WorkingOrder } from "./trader.ts";

/** The partition's book and account as a trader may see them. */
export function bookViewOf({ book, desk }: Pick<SessionCore, "book" | "desk">): BookView {
  return {
    get orders(): ReadonlyMap<ClientOrderId, WorkingOrder> {
      return new Map(
        [...book.active].map(([id, { order, intent, cancelAskedAt }]) => [
          id,
          { order, tag: intent?.tag, parent: intent?.parent, cancelAsked: cancelAskedAt !== undefined },
        ]),
      );
    },
    find: (id: ClientOrderId) => book.find(id)?.order,
    position: (instrument: InstrumentId) => book.position(instrument),
    cash: desk.account?.freeCash,
    equity: desk.account?.equity,
  };
}
