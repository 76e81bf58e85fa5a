/** What a stretch of bar times shows: their usual spacing, and how the days were filled. */
export interface TimesSeen {
  /** The most common spacing in milliseconds; a day when there is none. */
  readonly intervalMs: number;
  /** Bars of a year as counted; null with fewer than two. */
  readonly barsPerYear: number | null;
  /** Days (UTC) that have bars, in order. */
  readonly days: readonly DaySeen[];
}

export interface DaySeen {
  /** Days since the epoch. */
  readonly day: number;
  readonly bars: number;
  /** Hours of the day in which bars begin. */
  readonly hours: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365.25 * DAY_MS;
/** Bars whose spacing is counted: enough to know the usual one, however long the data is. */
const MAX_STEPS = 20_000;
/** Days that are remembered: eighty years of weekdays. */
const MAX_DAYS = 20_000;

/** Watches ascending times as they go by, in memory that does not grow with them. */
export class TimesWatch {
  readonly #steps = new Map<number, number>();
  readonly #days: { day: number; bars: number; hours: number }[] = [];
  #count = 0;
  #first = Number.NaN;
  #last = Number.NaN;
  #hour = Number.NaN;

  /** Takes the first `count` of `time`, milliseconds since the epoch. */
  add(time: ArrayLike<number>, count: number): void {
    if (count === 0) return;
    if (this.#count === 0) this.#first = time[0]!;
    this.#countSteps(time, Math.min(count, MAX_STEPS - this.#count));
    let today = this.#days.at(-1);
    let end = today === undefined ? Number.NEGATIVE_INFINITY : (today.day + 1) * DAY_MS;
    let hourEnd = (this.#hour + 1) * HOUR_MS;
    for (let i = 0; i < count; i++) {
      const at = time[i]!;
      if (at >= end) {
        if (this.#days.length === MAX_DAYS) break;
        const day = Math.floor(at / DAY_MS);
        today = { day, bars: 0, hours: 0 };
        this.#days.push(today);
        end = (day + 1) * DAY_MS;
      }
      today!.bars++;
      if (at < hourEnd) continue;
      today!.hours++;
      this.#hour = Math.floor(at / HOUR_MS);
      hourEnd = (this.#hour + 1) * HOUR_MS;
    }
    this.#count += count;
    this.#last = time[count - 1]!;
  }

  seen(): TimesSeen {
    const span = this.#last - this.#first;
    const barsPerYear = span > 0 ? ((this.#count - 1) / span) * YEAR_MS : null;
    return { intervalMs: this.#usualStep(), barsPerYear, days: this.#days };
  }

  #countSteps(time: ArrayLike<number>, count: number): void {
    let before = this.#last;
    for (let i = 0; i < count; i++) {
      const step = time[i]! - before;
      if (step > 0) this.#steps.set(step, (this.#steps.get(step) ?? 0) + 1);
      before = time[i]!;
    }
  }

  /** Of two that are equally common the shorter: the longer one may be a weekend. */
  #usualStep(): number {
    let [best, bestCount] = [DAY_MS, 0];
    for (const [step, count] of this.#steps) {
      if (count > bestCount || (count === bestCount && step < best)) [best, bestCount] = [step, count];
    }
    return best;
  }
}
