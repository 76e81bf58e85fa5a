import { LOG_LEVELS, type LogLevel, type LogLine } from "../../actions/desk-feed.ts";
import { TextRing } from "../../core/text-ring.ts";

/** What a reader of the log wants to see. */
export interface LogFilter {
  /** Lines below this level are left out. */
  readonly level: LogLevel;
  /** Of this instance or service only. */
  readonly source?: string | undefined;
  /** That hold this text, whatever its case. */
  readonly text?: string | undefined;
}

export interface LogPage {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  /** How many lines that match are known to be newer than the page. */
  readonly newer: number;
}

/** The last ten seconds of a flood, hours of a calm day. */
export const LOG_CAPACITY = 20_000;
/** About 200 for each line; of longer ones fewer are kept. */
const LOG_BYTES = 4 * 1024 * 1024;
/** Stands between the parts of a line that is kept as one text. */
const BETWEEN = "\u0000";

const [UNKNOWN, MATCHES, DIFFERS] = [0, 1, 2];

/** The newest log lines, outside of anything that is drawn: a flood costs the screen nothing. */
export class LogStore {
  readonly #texts: TextRing;
  readonly #times: Float64Array;
  readonly #levels: Uint8Array;
  /** What was last asked for, and what is known of each line because of it. */
  #asked: LogFilter | undefined;
  readonly #verdicts: Uint8Array;
  #lagMs = 0;
  #skipped = 0;

  constructor(capacity = LOG_CAPACITY) {
    this.#texts = new TextRing(capacity, LOG_BYTES);
    this.#times = new Float64Array(capacity);
    this.#levels = new Uint8Array(capacity);
    this.#verdicts = new Uint8Array(capacity);
  }

  /** Takes lines that arrived at `arrivedAt`, and how many the reader had to leave out before them. */
  push(lines: readonly LogLine[], arrivedAt: number, dropped = 0): void {
    for (const { at, level, service, instance, message, context } of lines) {
      const slot = this.#texts.next % this.#texts.capacity;
      this.#times[slot] = at;
      this.#levels[slot] = LOG_LEVELS.indexOf(level);
      this.#verdicts[slot] = UNKNOWN;
      this.#texts.push([service, instance, message, context].map(unbroken).join(BETWEEN));
    }
    this.#skipped += dropped;
    const newest = lines.at(-1);
    if (newest) this.#lagMs = Math.max(0, arrivedAt - newest.at);
  }

  /** How old the newest line was when it arrived: how far the reader is behind. */
  get lagMs(): number {
    return this.#lagMs;
  }

  /** Lines that the reader left out to keep up, since the start. */
  get skipped(): number {
    return this.#skipped;
  }

  /** How many lines ever came. The number of a line is its place in this count, so that it survives the ring. */
  get total(): number {
    return this.#texts.next;
  }

  /**
   * The last `height` lines that match, up to and with line number `end` (counted from 0; undefined follows the
   * newest). Looks backwards and stops as soon as the page is full.
   */
  page(filter: LogFilter, height: number, end?: number): LogPage {
    const matches = this.#matcher(filter);
    const newest = this.total - 1;
    const from = end === undefined ? newest : Math.max(this.#texts.first, Math.min(end, newest));
    const lines: LogLine[] = [];
    for (let number = from; number >= this.#texts.first && lines.length < height; number--) {
      if (matches(number)) lines.push(this.#line(number));
    }
    let newer = 0;
    for (let number = from + 1; number <= newest; number++) if (matches(number)) newer += 1;
    return { lines: lines.reverse(), newer };
  }

  /** Number of the line that matches `count` lines before (negative) or after line `number`; it stops at the ends. */
  step(filter: LogFilter, number: number, count: number): number {
    const matches = this.#matcher(filter);
    const direction = Math.sign(count);
    let left = Math.abs(count);
    let found = number;
    for (let at = number + direction; left > 0; at += direction) {
      if (at < this.#texts.first || at >= this.total) break;
      if (!matches(at)) continue;
      found = at;
      left -= 1;
    }
    return found;
  }

  /**
   * Whether the line of a number matches. Ten times a second the same is asked of 20,000 lines, so each is looked into
   * once for as long as the filter stays.
   */
  #matcher(filter: LogFilter): (number: number) => boolean {
    const { level, source, text } = filter;
    const asked = this.#asked;
    if (level !== asked?.level || source !== asked.source || text !== asked.text) {
      this.#asked = filter;
      this.#verdicts.fill(UNKNOWN);
    }
    const least = LOG_LEVELS.indexOf(level);
    const wanted = text?.toLowerCase() ?? "";
    return (number) => {
      const slot = number % this.#texts.capacity;
      if (this.#verdicts[slot] === UNKNOWN) {
        const matches = this.#levels[slot]! >= least && this.#holds(number, source, wanted);
        this.#verdicts[slot] = matches ? MATCHES : DIFFERS;
      }
      return this.#verdicts[slot] === MATCHES;
    };
  }

  #holds(number: number, source: string | undefined, wanted: string): boolean {
    if (source === undefined && wanted === "") return true;
    const line = this.#texts.at(number) ?? "";
    if (!line.toLowerCase().includes(wanted)) return false;
    return source === undefined || line.split(BETWEEN, 2).includes(source);
  }

  #line(number: number): LogLine {
    const slot = number % this.#texts.capacity;
    const [service = "", instance = "", message = "", context = ""] = (this.#texts.at(number) ?? "").split(BETWEEN);
    return { at: this.#times[slot]!, level: LOG_LEVELS[this.#levels[slot]!]!, service, instance, message, context };
  }
}

/** A part without what stands between parts. No terminal would show it. */
const unbroken = (part: string) => (part.includes(BETWEEN) ? part.replaceAll(BETWEEN, "") : part);
