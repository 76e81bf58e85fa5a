import type { Bar } from "../trading/bar.ts";
import type { Instant } from "../trading/instant.ts";
import { type Instrument, type InstrumentId, roundToTicks, type Ticks } from "../trading/instrument.ts";
import type { MarketStatus, ReferencePrice } from "../trading/risk/context.ts";
import type { VenueMark } from "../trading/snapshot.ts";

/** Over how many bars the mean range is taken. */
const RANGE_BARS = 14;

/** Bars by which a mark that comes late still finds the bar it speaks of. */
const CLOSES_KEPT = 16;
/** The venue's own word, beside the market data. */
const VENUE = "venue";

interface Quote {
  readonly references: Map<string, ReferencePrice>;
  ranges: number[];
  status: MarketStatus | undefined;
  closes: readonly { readonly time: number; readonly price: Ticks }[];
  /** A mark of a bar that has not arrived here yet. */
  early: VenueMark | undefined;
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
    const price = roundToTicks(instrument, bar.close, "nearest");
    quote.closes = [...quote.closes.slice(1 - CLOSES_KEPT), { time: bar.time, price }];
    this.takePrice(id, price, "bars", at);
    if (quote.early !== undefined && (quote.early.barTime ?? 0) <= bar.time) this.takeMark(id, quote.early, at);
  }

  /**
   * What the venue itself says the instrument is worth. Compared with what the market data said of the same bar: the
   * market moves on while an answer is under way, and that is no disagreement.
   */
  takeMark(id: InstrumentId, mark: VenueMark, at: Instant): void {
    const quote = this.#quote(id);
    quote.early = undefined;
    const { price, barTime } = mark;
    const newest = quote.closes.at(-1);
    if (price <= 0 || newest === undefined) return;
    if (barTime !== undefined && barTime > newest.time) {
      quote.early = mark;
      return;
    }
    const same = barTime === undefined ? newest : quote.closes.find(({ time }) => time === barTime);
    // Of a bar that was never seen here, or long ago, it says nothing.
    if (same === undefined) return;
    quote.references.set(VENUE, { source: VENUE, price, seenAt: at.mono, against: same.price });
  }

  takePrice(id: InstrumentId, price: Ticks, source: string, at: Instant): void {
    if (price > 0) this.#quote(id).references.set(source, { source, price, seenAt: at.mono });
  }

  takeStatus(id: InstrumentId, status: MarketStatus): void {
    this.#quote(id).status = status;
  }

  /** The newest first, the venue's own word last: orders are measured against the first. */
  references(id: InstrumentId): readonly ReferencePrice[] {
    const rank = ({ source, seenAt }: ReferencePrice) => (source === VENUE ? Number.NEGATIVE_INFINITY : seenAt);
    return [...this.#quote(id).references.values()].sort((a, b) => rank(b) - rank(a));
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
    const known = this.#quotes.get(id) ?? emptyQuote();
    this.#quotes.set(id, known);
    return known;
  }
}

const emptyQuote = (): Quote => ({
  references: new Map(),
  ranges: [],
  status: undefined,
  closes: [],
  early: undefined,
});
