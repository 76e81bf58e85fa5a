import type { Cancel } from "../../core/clock.ts";
import type { Result } from "../../core/result.ts";
import { traceparent } from "../../core/trace.ts";
import type {
  DeadMansSwitchRules,
  LastGate,
  OutgoingOrder,
  OwnerSelection,
  Venue,
  VenueEvent,
} from "../../ports/venue.ts";
import type { AccountId, Instrument, InstrumentId } from "../../trading/instrument.ts";
import { lots, micros, roundToLots, roundToTicks } from "../../trading/instrument.ts";
import type { ClientOrderId, VenueOrderId } from "../../trading/order.ts";
import type { PaperReply, PaperReport, PaperResult, Selection } from "../../trading/paper/wire.ts";
import { RESULTS } from "../../trading/paper/wire.ts";
import type { VenueSnapshot } from "../../trading/snapshot.ts";
import { PaperLine, type PaperLineOptions } from "./paper-line.ts";
import { eventOf, fillOf, ticketOf, venueOrderOf } from "./paper-translation.ts";

/** A socket of the same host or network, and a process that answers in the order of asking. */
const IN_FLIGHT_MS = 250;
/** Fills in one answer; the rest follows with the next snapshot's cursor. */
const FILLS_AT_ONCE = 1_000;

export interface PaperVenueOptions extends PaperLineOptions {
  readonly account: AccountId;
  /** Whose orders these are, beside the owner that each order names: goes into the tags. */
  readonly worker: string;
  readonly instruments: ReadonlyMap<InstrumentId, Instrument>;
}

/** One account at the paper venue. */
export class PaperVenueClient implements Venue {
  readonly name = "paper";
  readonly inFlightMs = IN_FLIGHT_MS;
  readonly deadMansSwitch: DeadMansSwitchRules = { offered: true, covers: "selection", exclusions: [] };
  readonly #options: PaperVenueOptions;
  readonly #line: PaperLine;
  readonly #listeners = new Set<(event: VenueEvent) => void>();
  /** The latest report that was seen; undefined before the first connection. */
  #seen: number | undefined;

  constructor(options: PaperVenueOptions) {
    this.#options = options;
    this.#line = new PaperLine(options, {
      onOpen: (hello) => this.#opened(hello),
      onPush: (push) => {
        if (push.push === "report") this.#reported(push.report);
      },
      onClose: () => this.#emit({ kind: "venue-disconnected" }),
    });
  }

  /** Orders that left towards the venue (RC-45). */
  get ordersSent(): number {
    return this.#line.ordersSent;
  }

  submit({ id, terms, departure }: OutgoingOrder, gate: LastGate): Result<true, { readonly code: string }> {
    const { strategy, account } = departure.owner;
    const context = traceparent();
    const tags = {
      strategy,
      worker: this.#options.worker,
      token: String(departure.token),
      ...(context !== undefined && { traceparent: context }),
    };
    const ticket = ticketOf(id, terms, this.#instrument(terms.instrument), account, tags);
    return this.#line.order(ticket, departure, gate, (reply) => this.#answered(id, reply));
  }

  cancel(id: ClientOrderId): void {
    this.#line.ask({ op: "cancel", clientOrderId: id }).then(
      ({ outcome, order }) => {
        if (outcome === "canceled") {
          const filled = order && venueOrderOf(order, this.#instrument(order.instrument)).filled;
          this.#emit({ kind: "order-canceled", id, ...(filled !== undefined && filled !== null && { filled }) });
        } else if (outcome !== "already-closed" || order?.status !== "canceled") {
          this.#emit({ kind: "cancel-rejected", id, reason: outcome === "already-closed" ? order!.status : outcome });
        }
      },
      // No answer proves nothing: whoever asked asks again, or looks at a snapshot.
      () => {},
    );
  }

  async cancelAll(selection: OwnerSelection): Promise<readonly string[]> {
    return (await this.#line.ask({ op: "cancel-all", selection: this.#selection(selection) })).canceled;
  }

  async order(id: ClientOrderId) {
    const { order, fills } = await this.#line.ask({ op: "order", clientOrderId: id });
    if (order === null) return undefined;
    const instrument = this.#instrument(order.instrument);
    return { order: venueOrderOf(order, instrument), fills: fills.map((fill) => fillOf(fill, instrument)) };
  }

  async snapshot(fillCursor: string): Promise<VenueSnapshot> {
    const after = Number(fillCursor) || 0;
    const { account } = this.#options;
    const taken = await this.#line.ask({ op: "snapshot", account, after, limit: FILLS_AT_ONCE });
    return {
      takenAt: taken.time,
      openOrders: taken.orders.map((order) => venueOrderOf(order, this.#instrument(order.instrument))),
      positions: this.#positionsOf(taken),
      fills: taken.fills.map((fill) => fillOf(fill, this.#instrument(fill.instrument))),
      fillCursor: String(taken.more ? taken.fills.at(-1)!.seq : taken.seq),
      cash: micros(Math.round(taken.cash * 1e6)),
      marks: this.#marksOf(taken),
    };
  }

  async time(): Promise<number> {
    return (await this.#line.ask({ op: "time" })).time;
  }

  async deadMan(selection: OwnerSelection, timeoutMs: number): Promise<void> {
    await this.#line.ask({ op: "dead-man", selection: this.#selection(selection), timeoutMs });
  }

  onEvent(listener: (event: VenueEvent) => void): Cancel {
    this.#listeners.add(listener);
    if (this.#line.isOpen) listener({ kind: "venue-connected" });
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#line.close();
  }

  #opened({ seq }: PaperResult<"hello">): void {
    // What came before the first connection is the business of the first snapshot.
    this.#seen ??= seq;
    this.#line.tell({ op: "reports", account: this.#options.account, after: this.#seen });
    this.#emit({ kind: "venue-connected" });
  }

  #reported(report: PaperReport): void {
    this.#seen = Math.max(this.#seen ?? 0, report.seq);
    const instrument = this.#options.instruments.get(report.instrument as InstrumentId);
    const event = instrument && eventOf(report, instrument);
    if (event) this.#emit(event);
  }

  #answered(id: ClientOrderId, reply: PaperReply | undefined): void {
    if (reply === undefined) this.#emit({ kind: "order-unanswered", id });
    else if (!reply.ok) this.#emit({ kind: "order-rejected", id, reason: reply.message });
    else {
      const { order } = RESULTS.submit.parse(reply.result);
      const venueOrderId = order.venueOrderId as VenueOrderId;
      if (order.status === "rejected") this.#emit({ kind: "order-rejected", id, reason: order.reason ?? "" });
      else this.#emit({ kind: "order-accepted", id, venueOrderId });
    }
  }

  #positionsOf(taken: PaperResult<"snapshot">): VenueSnapshot["positions"] {
    return new Map(
      taken.positions.map((position) => {
        const instrument = this.#instrument(position.instrument);
        const quantity = roundToLots(instrument, position.quantity, "nearest");
        return [instrument.id, lots(quantity)];
      }),
    );
  }

  #marksOf(taken: PaperResult<"snapshot">): NonNullable<VenueSnapshot["marks"]> {
    return new Map(
      taken.marks.flatMap(({ instrument: id, price, time }) => {
        const instrument = this.#options.instruments.get(id as InstrumentId);
        return instrument === undefined
          ? []
          : [[instrument.id, { price: roundToTicks(instrument, price, "nearest"), barTime: time }]];
      }),
    );
  }

  #selection({ account, strategy, instrument }: OwnerSelection): Selection {
    return {
      account: account ?? this.#options.account,
      ...(strategy !== undefined && { strategy }),
      ...(instrument !== undefined && { instrument }),
    };
  }

  #instrument(id: string): Instrument {
    const instrument = this.#options.instruments.get(id as InstrumentId);
    if (instrument === undefined) throw new Error(`unknown instrument ${id}`);
    return instrument;
  }

  #emit(event: VenueEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
