import type { Bar } from "../trading/bar.ts";
import type { Instant } from "../trading/instant.ts";
import { type Instrument, type InstrumentId, roundToTicks, type Ticks } from "../trading/instrument.ts";
import type { MarketStatus, ReferencePrice } from "../trading/risk/context.ts";

/** Over how many bars the mean range is taken. */
const RANGE_BARS = 14;

interface Quote {
  readonly references: Map<string, ReferencePrice>;
  ranges: number[];
  status: MarketStatus | undefined;
}

/** What the session has seen of the markets: reference prices by source, recent bar ranges, status. */
export class Market {
  readonly #quotes = new Map<InstrumentId, Quote>();
  readonly #instruments: ReadonlyMap<InstrumentId, Instrument>;

  constructor(instruments: readonly Instrument[]) {
    this.#instruments = new Map(instruments.map((instrument) => [instrument.id, instrument]));
  }

  instrument(id: InstrumentId): Instrument | undefined {
    return this.#instruments.get(id);
  }

  get instruments(): Iterable<Instrument> {
    return this.#instruments.values();
  }

  takeBar(id: InstrumentId, bar: Bar, at: Instant): void {
    const instrument = this.#instruments.get(id);
    if (instrument === undefined) return;
    const quote = this.#quote(id);
    quote.ranges = [...quote.ranges.slice(1 - RANGE_BARS), (bar.high - bar.low) / Number(instrument.tickSize)];
    this.takePrice(id, roundToTicks(instrument, bar.close, "nearest"), "bars", at);
  }

  takePrice(id: InstrumentId, price: Ticks, source: string, at: Instant): void {
    if (price > 0) this.#quote(id).references.set(source, { source, price, seenAt: at.mono });
  }

  takeStatus(id: InstrumentId, status: MarketStatus): void {
    this.#quote(id).status = status;
  }

  /** The newest first: orders are measured against the first. */
  references(id: InstrumentId): readonly ReferencePrice[] {
    return [...this.#quote(id).references.values()].sort((a, b) => b.seenAt - a.seenAt);
  }

  reference(id: InstrumentId): Ticks | undefined {
    return this.references(id)[0]?.price;
  }

  meanRange(id: InstrumentId): number | undefined {
    const { ranges } = this.#quote(id);
    return ranges.length === 0 ? undefined : ranges.reduce((sum, range) => sum + range, 0) / ranges.length;
  }

  status(id: InstrumentId): MarketStatus | undefined {
    return this.#quote(id).status;
  }

  #quote(id: InstrumentId): Quote {
    const known = this.#quotes.get(id) ?? { references: new Map(), ranges: [], status: undefined };
    this.#quotes.set(id, known);
    return known;
  }
}
