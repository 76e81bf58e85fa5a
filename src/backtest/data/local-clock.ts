import { localTimes, offsetAt } from "./time-zone.ts";

/** What was odd about a local time: the clock skipped it, or showed it twice and nothing tells which is meant. */
export type ClockOddity = "skipped-hour" | "ambiguous-hour";

/** The place of a time in its file: the row from 0, and the line from 1 where there are lines. */
export interface RowPlace {
  readonly row: number;
  readonly line?: number;
}

export interface OddTime extends RowPlace {
  readonly oddity: ClockOddity;
  /** `2020-11-01 01:30 in America/New_York` */
  readonly words: string;
}

const DAY_MS = 86_400_000;
/** Odd times of a kind that are remembered; a file with more has the wrong zone. */
const MAX_ODD = 1000;

/**
 * Turns the local times of a file into UTC, one after another. An hour that the clocks show twice is told by the order
 * of the rows: the first pass is the earlier one. Where the second pass never comes, the rows are doubtful.
 */
export class LocalClock {
  readonly #zone: string;
  readonly #odd: OddTime[] = [];
  /** Rows read as the first pass through an hour that is shown twice, until the second comes. */
  #doubtful: OddTime[] = [];
  #doubtfulMs = Number.NaN;
  #last = Number.NaN;
  #descends = false;

  constructor(zone: string) {
    this.#zone = zone;
  }

  /** The UTC time at which clocks show `localMs`; one that they skip counts as if they had not been moved yet. */
  toUtc(localMs: number, place: RowPlace): number {
    if (Number.isNaN(localMs)) return localMs;
    const before = offsetAt(localMs - DAY_MS, this.#zone);
    const after = offsetAt(localMs + DAY_MS, this.#zone);
    const utc = before === after ? localMs - before : this.#nearChange(localMs, before, place);
    if (utc !== this.#last) this.#descends = utc < this.#last;
    this.#last = utc;
    return utc;
  }

  /** What was odd so far, in the order of the rows. */
  odd(): OddTime[] {
    return [...this.#odd, ...this.#doubtful].sort((a, b) => a.row - b.row);
  }

  #nearChange(localMs: number, before: number, place: RowPlace): number {
    const [early, late] = localTimes(localMs, this.#zone);
    if (early === undefined) {
      this.#note(this.#odd, "skipped-hour", localMs, place);
      return localMs - before;
    }
    if (late === undefined) return early;
    if (Math.abs(localMs - this.#doubtfulMs) > DAY_MS) this.#settleDoubts();
    this.#doubtfulMs = localMs;
    const isSecondPass = this.#descends ? late >= this.#last : early <= this.#last;
    // The second pass proves what the first one was.
    if (isSecondPass) this.#doubtful = [];
    else this.#note(this.#doubtful, "ambiguous-hour", localMs, place);
    return isSecondPass === this.#descends ? early : late;
  }

  /** The hours of another year have had their chance. */
  #settleDoubts(): void {
    this.#odd.push(...this.#doubtful.slice(0, Math.max(0, MAX_ODD - this.#odd.length)));
    this.#doubtful = [];
  }

  #note(list: OddTime[], oddity: ClockOddity, localMs: number, place: RowPlace): void {
    if (list.length >= MAX_ODD) return;
    const clock = new Date(localMs).toISOString().slice(0, 16).replace("T", " ");
    list.push({ oddity, ...place, words: `${clock} in ${this.#zone}` });
  }
}
