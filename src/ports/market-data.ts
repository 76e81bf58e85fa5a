import type { Bar } from "../trading/bar.ts";
import type { InstrumentId } from "../trading/instrument.ts";
import type { Closable } from "./closable.ts";

/** Closed bars, as they close. */
export interface MarketData extends Closable {
  /** The newest closed bars, oldest first, to warm a strategy up. */
  history(instrument: InstrumentId, count: number): Promise<readonly Bar[]>;
  /** Starts the stream. A bar may come twice after a reconnection; none is missed without `onGap`. */
  subscribe(instruments: readonly InstrumentId[], listener: BarListener): Promise<void>;
}

export interface BarListener {
  onBar(bar: FeedBar): void;
  /** Bars may have been missed. */
  onGap(): void;
  /** There will be no more. */
  onEnd(): void;
}

export interface FeedBar {
  readonly instrument: InstrumentId;
  readonly bar: Bar;
  /** A newer one has closed already: a strategy has to see it, and nothing is ordered on it. */
  readonly late?: boolean;
  /** Says that everything that follows from this bar is done. A source that keeps step waits for it. */
  done(): void;
}
