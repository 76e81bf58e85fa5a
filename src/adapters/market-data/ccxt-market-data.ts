import { type Cancel, type Clock, sleep } from "../../core/clock.ts";
import { messageOf, OutageError } from "../../core/errors.ts";
import type { Log } from "../../ports/log.ts";
import type { BarListener, MarketData } from "../../ports/market-data.ts";
import type { Bar } from "../../trading/bar.ts";
import type { InstrumentId } from "../../trading/instrument.ts";
import type { CcxtEgress } from "../venues/egress-ccxt.ts";

/** Bars in one answer at most: of the past, and of what closed since the last look. Exchanges charge by the size. */
const PAST_AT_ONCE = 1_000;
const NEWS_AT_ONCE = 90;
/** Between two tries while the exchange does not answer, in polls. */
const RETRY_POLLS = 2;

export interface CcxtMarketDataOptions {
  readonly egress: CcxtEgress;
  readonly clock: Clock;
  readonly log: Log;
  readonly symbolOf: (instrument: InstrumentId) => string | undefined;
  /** As the exchange writes it, `1m`, and how long that is. */
  readonly interval: string;
  readonly intervalMs: number;
  readonly pollMs: number;
}

/**
 * Closed bars of an exchange, by asking for them. A bar is taken for closed when the exchange shows a newer one: no
 * clock of ours decides that. What closed while the exchange did not answer is caught up with, marked as late.
 */
export class CcxtMarketData implements MarketData {
  readonly #options: CcxtMarketDataOptions;
  readonly #last = new Map<InstrumentId, number>();
  readonly #stopping = new AbortController();
  #timer: Cancel | undefined;

  constructor(options: CcxtMarketDataOptions) {
    this.#options = options;
  }

  async history(instrument: InstrumentId, count: number): Promise<readonly Bar[]> {
    const { clock, intervalMs, pollMs } = this.#options;
    const bars: Bar[] = [];
    let since: number | undefined;
    while (!this.#stopping.signal.aborted) {
      try {
        since ??= (await this.#newest(instrument)) - count * intervalMs;
        const { closed, isLast } = await this.#page(instrument, since, PAST_AT_ONCE);
        bars.push(...closed);
        since = (closed.at(-1)?.time ?? since) + intervalMs;
        if (isLast) break;
      } catch (error) {
        if (!(error instanceof OutageError)) throw error;
        await sleep(clock, RETRY_POLLS * pollMs, this.#stopping.signal);
      }
    }
    const newest = bars.at(-1);
    if (newest !== undefined) this.#last.set(instrument, newest.time);
    return bars.slice(-count);
  }

  async subscribe(instruments: readonly InstrumentId[], listener: BarListener): Promise<void> {
    const { clock, log, pollMs } = this.#options;
    let answers = true;
    const look = async () => {
      for (const instrument of instruments) {
        try {
          await this.#take(instrument, listener);
          answers = true;
        } catch (error) {
          if (!(error instanceof OutageError)) throw error;
          if (answers) log.warn("no bars from the exchange", { instrument, error: messageOf(error) });
          answers = false;
        }
      }
      if (!this.#stopping.signal.aborted) this.#timer = clock.after(pollMs, () => void look());
    };
    await look();
  }

  close(): void {
    this.#stopping.abort();
    this.#timer?.();
  }

  async #take(instrument: InstrumentId, listener: BarListener): Promise<void> {
    const { intervalMs } = this.#options;
    const before = this.#last.get(instrument);
    const since = before === undefined ? (await this.#newest(instrument)) - intervalMs : before + intervalMs;
    const { closed, isLast } = await this.#page(instrument, since, NEWS_AT_ONCE);
    if (this.#stopping.signal.aborted) return;
    if (before !== undefined && (closed[0]?.time ?? since) > since) listener.onGap();
    for (const [index, bar] of closed.entries()) {
      this.#last.set(instrument, bar.time);
      const late = !isLast || index < closed.length - 1;
      listener.onBar({ instrument, bar, done() {}, ...(late && { late }) });
    }
  }

  /** Time of the bar that is being made now. */
  async #newest(instrument: InstrumentId): Promise<number> {
    const [row] = await this.#rows(instrument, undefined, 1);
    if (row?.[0] === undefined) throw new OutageError(this.#options.egress.link.exchange, `no bars of ${instrument}`);
    return row[0];
  }

  /** The closed bars from a time on; `isLast` when there are no more yet. */
  async #page(
    instrument: InstrumentId,
    since: number,
    limit: number,
  ): Promise<{ closed: readonly Bar[]; isLast: boolean }> {
    const rows = await this.#rows(instrument, since, limit);
    const closed = rows.slice(0, -1).flatMap(([time, open, high, low, close, volume]): Bar[] => {
      if (time === undefined || open === undefined || high === undefined || low === undefined) return [];
      return close === undefined || time < since ? [] : [{ time, open, high, low, close, volume: volume ?? 0 }];
    });
    return { closed, isLast: rows.length < limit };
  }

  #rows(instrument: InstrumentId, since: number | undefined, limit: number) {
    const { egress, interval, symbolOf } = this.#options;
    const symbol = symbolOf(instrument) ?? instrument;
    return egress.ask((exchange) => exchange.fetchOHLCV(symbol, interval, since, limit));
  }
}
