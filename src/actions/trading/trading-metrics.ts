import type { Clock } from "../../core/clock.ts";
import { OutageError } from "../../core/errors.ts";
import type { Command } from "../../live/commands.ts";
import type { Happening } from "../../live/events.ts";
import type { SessionView } from "../../live/session.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { StackFigures } from "../../ports/stack-figures.ts";
import {
  type Instrument,
  type InstrumentId,
  microsPerUnit,
  roundToTicks,
  type Ticks,
} from "../../trading/instrument.ts";
import { LEVELS, type Level } from "../../trading/level.ts";
import type { ClientOrderId } from "../../trading/order.ts";
import type { Permit } from "../../trading/permit.ts";

/** Round trips that are timed at once; an order that is never answered must not be remembered for good. */
const MOST_TIMED = 10_000;

/** The venue's words, as the metric's label. */
const EVENTS = {
  "order-rejected": "rejected",
  "order-canceled": "canceled",
  "order-expired": "expired",
  "order-held-back": "held-back",
  "order-unanswered": "unanswered",
} as const;

/** What one worker's trading shows. Counts as it happens; everything else is read at a scrape, and only then. */
export class TradingMetrics {
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #figures: StackFigures;
  readonly #instruments: ReadonlyMap<InstrumentId, Instrument>;
  readonly #sentAt = new Map<ClientOrderId, number>();
  readonly #marks = new Map<InstrumentId, { price: Ticks; at: number }>();
  #epoch: number | undefined;

  constructor(parts: {
    metrics: Metrics;
    clock: Clock;
    figures: StackFigures;
    instruments: ReadonlyMap<InstrumentId, Instrument>;
  }) {
    this.#metrics = parts.metrics;
    this.#clock = parts.clock;
    this.#figures = parts.figures;
    this.#instruments = parts.instruments;
  }

  /** One step of a session: what happened, and what it asked for. */
  stepped(event: Happening, commands: readonly Command[]): void {
    if (event.kind === "bar-closed") this.#bar(event);
    else if (event.kind === "order-accepted") {
      // The venue may say so twice; only the first time is the order still waiting for it.
      if (this.#sentAt.has(event.id)) this.#metrics.count("ttt_orders_total", { event: "accepted" });
    } else if (event.kind in EVENTS) {
      const kind = event.kind as keyof typeof EVENTS;
      this.#metrics.count("ttt_orders_total", { event: EVENTS[kind] });
    }
    if (event.kind === "intents-committed") {
      for (const { code } of event.refused) {
        this.#metrics.count("ttt_orders_total", { event: "denied" });
        this.#metrics.count("ttt_order_denials_total", { code });
      }
    }
    if ("id" in event && event.kind.startsWith("order-")) this.#answered(event.id);
    if (event.kind === "order-filled") this.#answered(event.fill.order);
    for (const command of commands) this.#asked(command);
  }

  /** This worker obeys the epoch from now on. */
  acknowledged(epoch: number, level: Level | string): void {
    const before = this.#epoch;
    this.#epoch = Math.max(epoch, before ?? 0);
    if (before === undefined || epoch <= before || level === "RUN") return;
    const at = this.#clock.monotonic();
    this.#figures.killAge(epoch).then(
      (age) => {
        if (age === undefined) return;
        const since = (this.#clock.monotonic() - at) / 1000;
        this.#metrics.observe("ttt_kill_propagation_seconds", {}, Math.max(0, age - since));
      },
      (error: unknown) => {
        // A kill that reached the worker past a dead authority is measured by whoever killed.
        if (!(error instanceof OutageError)) throw error;
      },
    );
  }

  /** What a scrape shows of the partitions and the permit held now. */
  showAll(read: () => { partitions: Iterable<readonly [string, SessionView]>; permit: Permit | undefined }): void {
    this.#metrics.onScrape(() => {
      const { partitions, permit } = read();
      this.#showPartitions([...partitions]);
      this.#showPermit(permit);
    });
  }

  #bar({ instrument, bar, history }: Extract<Happening, { kind: "bar-closed" }>): void {
    const known = this.#instruments.get(instrument);
    if (known === undefined) return;
    this.#marks.set(instrument, { price: roundToTicks(known, bar.close, "nearest"), at: this.#clock.monotonic() });
    if (!history) this.#metrics.count("ttt_market_bars_total", { instrument });
  }

  #asked(command: Command): void {
    if (command.kind === "submit") {
      this.#metrics.count("ttt_orders_total", { event: "submitted" });
      if (this.#sentAt.size < MOST_TIMED) this.#sentAt.set(command.id, this.#clock.monotonic());
    } else if (command.kind === "record-denials") {
      this.#metrics.count("ttt_orders_total", { event: "denied" });
      this.#metrics.count("ttt_order_denials_total", { code: command.code });
    } else if (command.kind === "record-book" && command.fills.length > 0) {
      // Counted where it is booked: the venue may tell the same fill twice.
      this.#metrics.count("ttt_orders_total", { event: "filled" }, command.fills.length);
    }
  }

  #answered(id: ClientOrderId): void {
    const sent = this.#sentAt.get(id);
    if (sent === undefined) return;
    this.#sentAt.delete(id);
    this.#metrics.observe("ttt_order_round_trip_seconds", {}, (this.#clock.monotonic() - sent) / 1000);
  }

  #showPartitions(partitions: ReadonlyArray<readonly [partition: string, view: SessionView]>): void {
    const metrics = this.#metrics;
    const each = (value: (view: SessionView) => number) =>
      partitions.map(([partition, view]) => ({ labels: { partition }, value: value(view) }));
    metrics.replace(
      "ttt_trading_level",
      each(({ level }) => LEVELS.indexOf(level)),
    );
    metrics.replace(
      "ttt_trading_blocked",
      each(({ level, phase }) => Number(level === "BLOCK" || phase !== "trading")),
    );
    metrics.replace(
      "ttt_orders_unresolved",
      each(({ unresolved }) => unresolved.length),
    );
    metrics.replace(
      "ttt_position_value",
      each((view) => sum(this.#worths(view))),
    );
    metrics.set("ttt_exposure_value", {}, sum(partitions.flatMap(([, view]) => this.#worths(view).map(Math.abs))));
    metrics.replace(
      "ttt_pnl_value",
      partitions.flatMap(([partition, view]) => {
        const { realized, unrealized } = this.#profit(view);
        return [
          { labels: { partition, kind: "realized" as const }, value: realized },
          { labels: { partition, kind: "unrealized" as const }, value: unrealized },
        ];
      }),
    );
    const now = this.#clock.monotonic();
    metrics.replace(
      "ttt_market_tick_age_seconds",
      [...this.#marks].map(([instrument, { at }]) => ({ labels: { instrument }, value: (now - at) / 1000 })),
    );
    metrics.replace(
      "ttt_dead_man_seconds",
      partitions.flatMap(([partition, { deadManUntil }]) =>
        deadManUntil === undefined ? [] : [{ labels: { partition }, value: (deadManUntil - now) / 1000 }],
      ),
    );
    if (this.#epoch !== undefined) metrics.set("ttt_kill_epoch", {}, this.#epoch);
  }

  #showPermit(permit: Permit | undefined): void {
    if (permit === undefined) return;
    this.#metrics.set("ttt_permit_age_seconds", {}, (this.#clock.monotonic() - permit.readAt) / 1000);
    this.#metrics.set("ttt_permit_life_seconds", {}, (permit.expires - permit.readAt) / 1000);
  }

  #worths({ positions }: SessionView): number[] {
    return positions.map(({ instrument, lots }) =>
      this.#worth(instrument, lots * (this.#marks.get(instrument)?.price ?? 0)),
    );
  }

  #profit({ positions }: SessionView): { realized: number; unrealized: number } {
    let realized = 0;
    let unrealized = 0;
    for (const { instrument, lots, cost, realised, commission } of positions) {
      realized += this.#worth(instrument, realised) - commission / 1e6;
      const mark = this.#marks.get(instrument)?.price;
      if (mark !== undefined) unrealized += this.#worth(instrument, lots * mark - cost);
    }
    return { realized, unrealized };
  }

  /** Ticks times lots in whole units of the account's currency. */
  #worth(instrument: InstrumentId, amount: number): number {
    const known = this.#instruments.get(instrument);
    return known === undefined ? 0 : (amount * microsPerUnit(known)) / 1e6;
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
