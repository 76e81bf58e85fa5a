import type { Cancel, Clock } from "../../src/core/clock.ts";
import type { Bar } from "../../src/trading/bar.ts";

/** Where the bars come from: bar `index` of the feed, or undefined after the last one. */
export type BarSource = (index: number) => FeedBar | undefined;

export interface FeedBar {
  readonly instrument: string;
  readonly bar: Bar;
}

export interface FeedPace {
  /** Bars a second; 0 is as fast as the listeners follow. */
  readonly barsPerSecond: number;
  readonly paused: boolean;
}

/** Someone who gets the bars and says when he is done with one. */
export interface FeedListener {
  /** Index of the last bar that he said he is done with. */
  readonly doneWith: number;
}

/** A listener that does not say that he is done for so long no longer holds the market up, until he has caught up. */
const PATIENCE_MS = 5_000;
/** Bars that are given in one turn of the event loop when nobody holds the feed up. */
const BURST = 64;

/**
 * Moves the market: gives bar after bar at the pace that is set. In lockstep it waits, before each bar, until every
 * listener is done with the one before, and while there is none; so a slow listener misses nothing. Otherwise time
 * passes whether or not anybody follows, as it does at an exchange.
 */
export class Feed {
  readonly #clock: Clock;
  readonly #source: BarSource;
  readonly #publish: (index: number, feedBar: FeedBar) => void;
  readonly #ended: (index: number) => void;
  readonly #lockstep: boolean;
  readonly #listeners = new Map<FeedListener, number>();
  /** Those whose patience ran out. They get every bar all the same. */
  readonly #late = new Set<FeedListener>();
  #pace: FeedPace;
  #next: number;
  #due = 0;
  #timer: Cancel | undefined;
  #closed = false;

  constructor(options: {
    clock: Clock;
    source: BarSource;
    next: number;
    pace: FeedPace;
    lockstep: boolean;
    publish: (index: number, feedBar: FeedBar) => void;
    ended: (index: number) => void;
  }) {
    this.#clock = options.clock;
    this.#source = options.source;
    this.#publish = options.publish;
    this.#ended = options.ended;
    this.#lockstep = options.lockstep;
    this.#pace = options.pace;
    this.#next = options.next;
  }

  /** Index of the bar that comes next. */
  get next(): number {
    return this.#next;
  }

  get pace(): FeedPace {
    return this.#pace;
  }

  setPace(pace: FeedPace): void {
    this.#pace = pace;
    this.#due = this.#clock.monotonic();
    this.wake();
  }

  add(listener: FeedListener): void {
    this.#listeners.set(listener, this.#clock.monotonic());
    this.wake();
  }

  remove(listener: FeedListener): void {
    this.#listeners.delete(listener);
    this.#late.delete(listener);
    this.wake();
  }

  /** Something changed that the feed may wait for: go on if it can. */
  wake(): void {
    this.#timer?.();
    this.#timer = undefined;
    if (!this.#closed) this.#run();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.();
  }

  #run(): void {
    for (let given = 0; given < BURST; given++) {
      const waitMs = this.#waitMs();
      if (waitMs === undefined) return;
      if (waitMs > 0) {
        this.#later(waitMs);
        return;
      }
      if (!this.#step()) return;
    }
    this.#later(0);
  }

  /** Milliseconds until the next bar; undefined when something else must happen first. */
  #waitMs(): number | undefined {
    if (this.#pace.paused) return undefined;
    const now = this.#clock.monotonic();
    if (this.#pace.barsPerSecond > 0 && this.#due > now) return this.#due - now;
    if (!this.#lockstep) return 0;
    if (this.#listeners.size === 0) return undefined;
    let wait = 0;
    for (const [listener, since] of this.#listeners) {
      if (listener.doneWith >= this.#next - 1) this.#late.delete(listener);
      else if (now >= since + PATIENCE_MS) this.#late.add(listener);
      else if (!this.#late.has(listener)) wait = Math.max(wait, since + PATIENCE_MS - now);
    }
    return wait;
  }

  #step(): boolean {
    const index = this.#next;
    const feedBar = this.#source(index);
    if (feedBar === undefined) {
      this.#ended(index);
      return false;
    }
    const now = this.#clock.monotonic();
    this.#next = index + 1;
    if (this.#pace.barsPerSecond > 0) {
      // Kept from the last due time, so that the rate holds; not caught up after a pause.
      const step = 1000 / this.#pace.barsPerSecond;
      this.#due = Math.max(this.#due + step, now - step);
    }
    this.#publish(index, feedBar);
    for (const listener of this.#listeners.keys()) this.#listeners.set(listener, now);
    return true;
  }

  #later(delayMs: number): void {
    this.#timer ??= this.#clock.after(delayMs, () => this.wake());
  }
}
