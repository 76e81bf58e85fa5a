import type { Brand } from "../core/ids.ts";
import type { InstrumentId, Lots, Micros, Ticks } from "./instrument.ts";
import type { ClientOrderId, Side } from "./order.ts";

/** The venue's own id of an execution: unique per venue and account for ever. */
export type FillId = Brand<string, "FillId">;

/** One execution as the venue reports it. Applied once, by its id, however often it is delivered (OL-07). */
export interface Fill {
  readonly id: FillId;
  readonly order: ClientOrderId;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly lots: Lots;
  readonly price: Ticks;
  /** Paid when positive, a rebate when negative. */
  readonly commission: Micros;
  /** The venue's wall time. */
  readonly time: number;
}
