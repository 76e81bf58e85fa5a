import type { Clock } from "../../core/clock.ts";
import { messageOf, OutageError } from "../../core/errors.ts";
import { span } from "../../core/trace.ts";
import type { Command } from "../../live/commands.ts";
import type { Happening } from "../../live/events.ts";
import type { StoredPartition } from "../../live/stored.ts";
import type { OrderStore } from "../../ports/order-store.ts";
import type { LastGate, Venue } from "../../ports/venue.ts";
import { DepartureLog } from "../../trading/departure-log.ts";
import { type Authority, type Departure, mayLeave } from "../../trading/gate.ts";
import type { PartitionId } from "../../trading/lease.ts";
import type { ClientOrderId, Order } from "../../trading/order.ts";

export interface OutboundOptions {
  readonly partition: PartitionId;
  readonly orders: OrderStore;
  readonly venue: Venue;
  readonly clock: Clock;
  /** What is held at the very moment of asking. */
  readonly authority: () => Authority;
  readonly happen: (event: Happening) => void;
}

/** The way of a partition's orders out: written down first, then through the last gate, each once. */
export class OutboundOrders {
  readonly #options: OutboundOptions;
  readonly #departures = new DepartureLog();
  #pendingCommits = 0;
  #sent = 0;

  constructor(options: OutboundOptions) {
    this.#options = options;
  }

  /** Orders that left through the last gate. */
  get sent(): number {
    return this.#sent;
  }

  get isCommitting(): boolean {
    return this.#pendingCommits > 0;
  }

  /** What earlier holders sent does not leave again. */
  restore({ endedOrders, orders }: StoredPartition): void {
    for (const { intent, order } of [...endedOrders, ...orders]) this.#departures.restore(intent, order);
  }

  settle(orders: readonly Order[]): void {
    for (const order of orders) this.#departures.settle(order);
  }

  /** Has the intents written down and tells the outcome. Resolves, never rejects, when it was told. */
  async commit({ turn, token, intents, admission }: Extract<Command, { kind: "commit-intents" }>): Promise<void> {
    const { partition, orders, happen } = this.#options;
    const write = async (): Promise<Happening> => {
      try {
        const outcome = await orders.commitIntents(partition, token, intents, admission);
        if (outcome.kind !== "committed") return { kind: "intents-refused", turn, reason: outcome.reason };
        const refused = new Set(outcome.refused.map(({ id }) => id));
        for (const intent of intents) if (!refused.has(intent.id)) this.#departures.intend(intent);
        return { kind: "intents-committed", turn, refused: outcome.refused };
      } catch (error) {
        // Whatever it was, nothing leaves: the session asks again with the same ids.
        if (!(error instanceof OutageError))
          happen({ kind: "call-failed", call: "commit-intents", reason: messageOf(error) });
        return { kind: "intents-uncertain", turn };
      }
    };
    this.#pendingCommits += 1;
    // The orders that leave after the commit belong to it: one trace from the decision to the venue.
    await span("trade turn", { root: true, attributes: { partition, orders: intents.length } }, async () => {
      const event = await write();
      this.#pendingCommits -= 1;
      happen(event);
    });
  }

  /** The gate is asked inside the egress, with what is held at that very moment (KS-11). */
  submit({ id, terms, departure }: Extract<Command, { kind: "submit" }>): void {
    const { clock, venue, happen } = this.#options;
    const written = span("submit order", { kind: "client", attributes: { order: id } }, () =>
      venue.submit({ id, terms, departure }, (leaving) => this.#mayLeave(id, leaving, clock.monotonic())),
    );
    if (written.ok) this.#sent += 1;
    else happen({ kind: "order-held-back", id, code: written.refusal.code });
  }

  /** What is held at this moment allows it, and it was intended, and it has not left before (RC-44, RC-45). */
  #mayLeave(id: ClientOrderId, leaving: Departure, now: number): ReturnType<LastGate> {
    const gate = mayLeave(leaving, this.#options.authority(), now);
    return gate.ok ? this.#departures.depart(id) : gate;
  }
}
